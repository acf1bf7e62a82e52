-- What could not be used of one item, the latest first.
SELECT rejected_at, source, reason, call_id
FROM hkpost.rejected_record
WHERE item_no = :item_no
ORDER BY rejected_at DESC
LIMIT 50;
