-- The open items at the last count of each day, by state.
WITH last_count AS (
    SELECT max(taken_at) AS taken_at
    FROM hkpost.backlog_snapshot
    WHERE taken_at > now() - make_interval(days => :days)
    GROUP BY (taken_at AT TIME ZONE :time_zone)::date
)
SELECT (taken_at AT TIME ZONE :time_zone)::date AS day, state, sum(items) AS items
FROM hkpost.backlog_snapshot
JOIN last_count USING (taken_at)
GROUP BY taken_at, state
ORDER BY day, state;
