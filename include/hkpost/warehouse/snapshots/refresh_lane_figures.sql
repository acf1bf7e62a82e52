-- Lanes as the page compares them: lead times and promises of the last weeks' mail, those that got worse (lane_alert) first,
-- then those with most mail. And lane_alert itself, for the alert: it reads eighteen weeks of mail.
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'minimum_items_of_a_share') AS minimum_items,
           date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong')::date - 7 * :weeks AS first_week
    FROM hkpost.setting
), posted AS (
    SELECT origin, destination, service, sum(items)::bigint AS n, sum(still_open)::bigint AS items_open,
           array_agg(day) AS days, array_agg(delivered) AS delivered, array_agg(not_delivered) AS not_delivered,
           array_agg(followed_until) AS followed_until
    FROM hkpost.lead_time_count
    WHERE week_start >= (SELECT first_week FROM setting)
    GROUP BY origin, destination, service
), promise AS (
    SELECT origin, destination, service, sum(n)::bigint AS n, round(sum(items_on_time) / nullif(sum(n), 0), 4) AS share
    FROM hkpost.on_time
    WHERE week_start >= (SELECT first_week FROM setting) AND is_mature AND lane_reports IS NOT FALSE
    GROUP BY origin, destination, service
), worsened AS MATERIALIZED (
    SELECT * FROM hkpost.lane_alert
), worse AS (
    SELECT origin, destination, service, max(usual) FILTER (WHERE measure = 'p50_days') AS p50_days_before,
           jsonb_agg(jsonb_build_object('measure', measure, 'usual', usual, 'lately', lately) ORDER BY measure) AS measures
    FROM worsened
    GROUP BY origin, destination, service
), lane AS (
    SELECT posted.origin, posted.destination, posted.service, posted.n, posted.items_open, took.p50_days AS median_days,
           took.p90_days, CASE WHEN promise.n >= minimum_items THEN promise.share END AS on_time_share,
           promise.n AS on_time_n, worse.measures IS NOT NULL AS worse, worse.p50_days_before AS before,
           coalesce(worse.measures, '[]') AS measures, usual.reports IS NOT FALSE AS reports
    FROM posted
    CROSS JOIN setting
    CROSS JOIN LATERAL hkpost.lead_times(days, delivered, not_delivered, followed_until, minimum_items) AS took
    LEFT JOIN promise ON (promise.origin, promise.destination) = (posted.origin, posted.destination)
        AND promise.service IS NOT DISTINCT FROM posted.service
    LEFT JOIN worse ON (worse.origin, worse.destination) = (posted.origin, posted.destination)
        AND worse.service IS NOT DISTINCT FROM posted.service
    LEFT JOIN hkpost.lane_history AS usual ON usual.origin = posted.origin AND usual.destination = posted.destination
        AND usual.service = coalesce(posted.service, '')
    WHERE posted.n >= minimum_items
    ORDER BY worse.measures IS NULL, posted.n DESC, posted.destination, posted.origin, posted.service
    LIMIT :lanes
)
INSERT INTO hkpost.chart_series (chart, taken_at, series)
SELECT 'lanes', now(), coalesce(jsonb_agg(to_jsonb(lane)), '[]')
FROM lane
UNION ALL
SELECT 'lane_alert', now(), coalesce(jsonb_agg(to_jsonb(worsened)), '[]')
FROM worsened
ON CONFLICT (chart) DO UPDATE SET taken_at = excluded.taken_at, series = excluded.series;
