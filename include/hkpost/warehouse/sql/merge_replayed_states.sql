-- Changes of state that a replay found, each with its own time.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT item_no, coalesce(changed_at, clock_timestamp()), from_state, to_state, cause, call_id
FROM replayed_state
ON CONFLICT DO NOTHING;
