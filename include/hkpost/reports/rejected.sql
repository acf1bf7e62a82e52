-- What could not be used, what was met last before the rest.
SELECT last_at, source, item_no, reason, reason_code, reason_values, times, call_id, account, rejected_at, rejected_id
FROM hkpost.rejected_record
WHERE CAST(:value AS timestamptz) IS NULL
   OR (last_at, rejected_id) < (CAST(:value AS timestamptz), CAST(:key AS bigint))
ORDER BY last_at DESC, rejected_id DESC
LIMIT :at_most;
