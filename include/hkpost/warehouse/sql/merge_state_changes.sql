-- From which state to which an item went; noted once, however often an answer is loaded.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT item_no, changed_at, from_state, to_state, cause, call_id
FROM loaded_state_change
ON CONFLICT DO NOTHING;
