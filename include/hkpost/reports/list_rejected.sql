-- What could not be used, what was met last before the rest.
SELECT last_at, source, item_no, reason, times, call_id, account, rejected_at,
       last_at AS page_value, rejected_id::text AS page_key
FROM hkpost.rejected_record
WHERE CAST(:after_value AS timestamptz) IS NULL
   OR (last_at, rejected_id) < (CAST(:after_value AS timestamptz), CAST(:after_key AS bigint))
ORDER BY last_at DESC, rejected_id DESC
LIMIT :at_most;
