-- The open items by account and state, as the last count (backlog_snapshot) found them.
SELECT backlog.account, backlog.state, backlog.items, backlog.due_items, backlog.taken_at
FROM hkpost.backlog_snapshot AS backlog
WHERE backlog.taken_at = (SELECT max(taken_at) FROM hkpost.freshness_snapshot)
ORDER BY backlog.account, backlog.items DESC;
