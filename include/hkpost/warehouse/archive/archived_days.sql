-- The days of the archive (UTC, as it is partitioned), with how many answers each holds that were loaded.
SELECT date_trunc('day', received_at, 'UTC') AS day, count(*) AS answers
FROM hkpost.raw_response
WHERE loaded_at IS NOT NULL
  AND (CAST(:since AS timestamptz) IS NULL OR received_at >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR received_at <= :until)
GROUP BY day
ORDER BY day;
