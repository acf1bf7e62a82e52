-- From which state to which an item went, at the instant of its load. Where a person had changed it from one
-- open state to another meanwhile, that is noted first: each change begins where the one before ended.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT loaded.item_no, CAST(:changed_at AS timestamptz) - interval '1 microsecond',
       last.to_state, loaded.from_state, 'person', NULL
FROM loaded_state_change AS loaded
CROSS JOIN LATERAL (
    SELECT known.to_state
    FROM hkpost.item_state_change AS known
    WHERE known.item_no = loaded.item_no
    ORDER BY known.changed_at DESC
    LIMIT 1
) AS last
WHERE last.to_state <> loaded.from_state
UNION ALL
SELECT item_no, CAST(:changed_at AS timestamptz), from_state, to_state, cause, call_id
FROM loaded_state_change;
