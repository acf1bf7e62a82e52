-- Lead times of the last weeks to the destinations that most mail goes to, for the page's chart.
WITH week AS (
    SELECT destination, week_start, n, median_days, p90_days, items_open
    FROM hkpost.delivery_performance
    WHERE origin = 'HK'
      AND week_start >= date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong')::date - 7 * :weeks
), most AS (
    SELECT destination
    FROM week
    WHERE n > 0
    GROUP BY destination
    ORDER BY sum(n) DESC, destination
    LIMIT :destinations
), series AS (
    SELECT week.destination, country.name_e, country.name_c, week.week_start, week.n, week.median_days,
           week.p90_days, week.items_open
    FROM week
    JOIN most USING (destination)
    LEFT JOIN hkpost.dim_country AS country ON country.country_code = week.destination
    WHERE week.n > 0
    ORDER BY week.destination, week.week_start
)
INSERT INTO hkpost.chart_series (chart, taken_at, series)
SELECT 'lead_time', now(), coalesce(jsonb_agg(to_jsonb(series)), '[]')
FROM series
ON CONFLICT (chart) DO UPDATE SET taken_at = excluded.taken_at, series = excluded.series;
