-- From which state to which an item went; a change without a time is made now. Where a person had changed the
-- state from one open state to another meanwhile, that is noted first: each change begins where the one before ended.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT loaded.item_no, loaded.changed_at - interval '1 microsecond', last.to_state, loaded.from_state, 'person', NULL
FROM loaded_state_change AS loaded
JOIN (
    SELECT DISTINCT ON (item_no) item_no, to_state
    FROM hkpost.item_state_change
    -- All at once in each partition, not item by item in all of them.
    WHERE item_no = ANY (ARRAY(SELECT item_no FROM loaded_state_change WHERE cause = 'answer'))
    ORDER BY item_no, changed_at DESC
) AS last ON last.item_no = loaded.item_no
WHERE last.to_state <> loaded.from_state AND loaded.cause = 'answer'
UNION ALL
SELECT item_no, coalesce(changed_at, clock_timestamp()), from_state, to_state, cause, call_id
FROM loaded_state_change
ON CONFLICT DO NOTHING;
