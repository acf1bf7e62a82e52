-- What could not be used of one item, what was met last before the rest.
SELECT last_at, source, reason, reason_code, reason_values, times, call_id
FROM hkpost.rejected_record
WHERE item_no = :item_no
ORDER BY last_at DESC
LIMIT 50;
