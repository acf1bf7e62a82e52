-- How old the knowledge about each account's open items is: its age when they were last counted, and the time since.
SELECT account, open_items, due_items, oldest_due_at,
       median_age_s + extract(epoch FROM now() - taken_at)::double precision AS median_age_s, taken_at
FROM hkpost.freshness_snapshot
WHERE taken_at = (SELECT max(taken_at) FROM hkpost.freshness_snapshot)
ORDER BY account;
