-- From which state to which an item went.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT item_no, now(), from_state, to_state, cause, call_id
FROM loaded_state_change;
