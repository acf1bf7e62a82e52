-- What could not be used, the latest first.
SELECT rejected_at, source, item_no, reason, call_id, account,
       rejected_at AS page_value, rejected_id::text AS page_key
FROM hkpost.rejected_record
WHERE CAST(:after_value AS timestamptz) IS NULL
   OR (rejected_at, rejected_id) < (CAST(:after_value AS timestamptz), CAST(:after_key AS bigint))
ORDER BY rejected_at DESC, rejected_id DESC
LIMIT :at_most;
