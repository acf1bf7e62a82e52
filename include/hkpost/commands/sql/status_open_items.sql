-- Open items, as the last run counted them
SELECT account, state, items, due_items, taken_at
FROM hkpost.backlog_snapshot
WHERE taken_at = (SELECT max(taken_at) FROM hkpost.freshness_snapshot)
ORDER BY account, items DESC;
