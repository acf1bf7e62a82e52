-- From which state to which an item went; by the clock, because a person's change may be noted in the same
-- transaction before.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT item_no, clock_timestamp(), from_state, to_state, cause, call_id
FROM loaded_state_change;
