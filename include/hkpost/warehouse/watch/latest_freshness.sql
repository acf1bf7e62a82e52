-- How many items of each account were due at the end of the latest run, and how long the longest waiting one was.
SELECT DISTINCT ON (account) account, due_items,
       coalesce(extract(epoch FROM taken_at - oldest_due_at), 0)::double precision AS lag_s
FROM hkpost.freshness_snapshot
WHERE taken_at > now() - interval '1 day'
ORDER BY account, taken_at DESC;
