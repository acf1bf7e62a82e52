-- What could not be used of one item, what was met last before the rest?
SELECT last_at, source, reason, times, call_id FROM hkpost.rejected_record WHERE item_no = :'item'
 ORDER BY last_at DESC
 LIMIT 5;
