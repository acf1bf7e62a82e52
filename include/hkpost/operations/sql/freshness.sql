-- How old the knowledge about each account's open items was when they were last counted.
SELECT account, open_items, due_items, oldest_due_at, median_age_s, taken_at
FROM hkpost.freshness_snapshot
WHERE taken_at = (SELECT max(taken_at) FROM hkpost.freshness_snapshot)
ORDER BY account;
