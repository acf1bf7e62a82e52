-- Which states some items went through, and why.
SELECT item_no, changed_at, from_state, to_state, cause, call_id
FROM hkpost.item_state_change
WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
ORDER BY item_no, changed_at;
