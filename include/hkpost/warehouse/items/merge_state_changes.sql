-- From which state to which an item went; a change without a time is made now. Where a person had changed the
-- state from one open state to another meanwhile, that is noted first: each change begins where the one before ended.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT loaded.item_no, loaded.changed_at - interval '1 microsecond', last.to_state, loaded.from_state, 'person', NULL
FROM loaded_state_change AS loaded
CROSS JOIN LATERAL (
    SELECT known.to_state
    FROM hkpost.item_state_change AS known
    WHERE known.item_no = loaded.item_no
    ORDER BY known.changed_at DESC
    LIMIT 1
) AS last
WHERE last.to_state <> loaded.from_state AND loaded.cause = 'answer'
UNION ALL
SELECT item_no, coalesce(changed_at, clock_timestamp()), from_state, to_state, cause, call_id
FROM loaded_state_change
ON CONFLICT DO NOTHING;
