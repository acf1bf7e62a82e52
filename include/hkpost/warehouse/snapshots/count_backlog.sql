-- Counts the open items by account and state, and how fresh the knowledge about them is; an account that has
-- nothing open any more counts as well.
WITH counted AS (
    SELECT account, state, grouping(state) = 1 AS is_total, count(*) AS items,
           count(*) FILTER (WHERE is_due) AS due_items,
           min(due_since) FILTER (WHERE is_due) AS oldest_due_at,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY age_s) AS median_age_s
    FROM (
        SELECT account, state,
               (next_poll_at IS NULL OR next_poll_at <= now()) AND pending_call_id IS NULL AS is_due,
               coalesce(next_poll_at, last_polled_at, registered_at) AS due_since,
               extract(epoch FROM now() - coalesce(last_polled_at, registered_at))::double precision AS age_s
        FROM hkpost.mail_item
        WHERE is_open
    ) AS open_item
    GROUP BY GROUPING SETS ((account, state), (account))
), backlog AS (
    INSERT INTO hkpost.backlog_snapshot (taken_at, account, state, items, due_items)
    SELECT now(), account, state, items, due_items FROM counted WHERE NOT is_total
)
INSERT INTO hkpost.freshness_snapshot (taken_at, account, open_items, due_items, oldest_due_at, median_age_s)
SELECT now(), account, coalesce(items, 0), coalesce(due_items, 0), oldest_due_at, median_age_s
FROM (SELECT * FROM counted WHERE is_total) AS total
FULL JOIN (SELECT account FROM hkpost.account_lease) AS known USING (account);
