-- From which state to which an item went, at the instant of its load: after what a person did before it.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT item_no, CAST(:changed_at AS timestamptz), from_state, to_state, cause, call_id
FROM loaded_state_change;
