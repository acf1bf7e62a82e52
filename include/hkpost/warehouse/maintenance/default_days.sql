-- Days (UTC) whose answers lie in the default partition.
SELECT DISTINCT date_trunc('day', received_at, 'UTC') AS day
FROM hkpost.raw_response_default
ORDER BY day;
