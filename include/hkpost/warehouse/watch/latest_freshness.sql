-- How many items of each account were due at the end of the latest run, and how long the longest waiting one was. An
-- account that no item names any more is not in the latest count.
SELECT account, due_items, coalesce(extract(epoch FROM taken_at - oldest_due_at), 0)::double precision AS lag_s
FROM hkpost.freshness_snapshot
WHERE taken_at = (SELECT max(taken_at) FROM hkpost.freshness_snapshot) AND taken_at > now() - interval '1 day'
ORDER BY account;
