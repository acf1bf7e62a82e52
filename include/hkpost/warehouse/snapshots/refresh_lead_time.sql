-- Lead times of the last weeks to the destinations that most mail goes to, for the page's chart.
WITH week AS (
    SELECT destination, week_start, sum(items)::bigint AS items_posted, sum(delivered)::bigint AS n,
           sum(still_open)::bigint AS items_open,
           coalesce(sum(still_open) FILTER (WHERE day < (
               SELECT value::integer FROM hkpost.setting WHERE name = 'maturity_days')), 0) AS young,
           array_agg(day) AS days, array_agg(delivered) AS delivered,
           array_agg(not_delivered) AS not_delivered, array_agg(followed_until) AS followed_until
    FROM hkpost.lead_time_count
    WHERE origin = 'HK'
      AND week_start >= date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong')::date - 7 * :weeks
    GROUP BY destination, week_start
), most AS (
    SELECT destination
    FROM week
    WHERE n > 0
    GROUP BY destination
    ORDER BY sum(n) DESC, destination
    LIMIT :destinations
), series AS (
    SELECT week.destination, country.name_e, country.name_c, week.week_start, week.items_posted, week.n,
           week.items_open, took.p50_days, took.p90_days,
           -- As delivery_performance.is_mature has it.
           100 * week.young > week.items_posted * (
               SELECT value::integer FROM hkpost.setting WHERE name = 'undecided_percent') AS is_young
    FROM week
    JOIN most USING (destination)
    CROSS JOIN LATERAL hkpost.lead_times(
        week.days, week.delivered, week.not_delivered, week.followed_until,
        (SELECT value::integer FROM hkpost.setting WHERE name = 'minimum_items_of_a_share')) AS took
    LEFT JOIN hkpost.dim_country AS country ON country.country_code = week.destination
    ORDER BY week.destination, week.week_start
)
INSERT INTO hkpost.chart_series (chart, taken_at, series)
SELECT 'lead_time', now(), coalesce(jsonb_agg(to_jsonb(series)), '[]')
FROM series
ON CONFLICT (chart) DO UPDATE SET taken_at = excluded.taken_at, series = excluded.series;
