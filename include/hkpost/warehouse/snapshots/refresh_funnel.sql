-- How far the mail of the last weeks got, all lanes together, for the page's chart.
WITH series AS (
    SELECT stage, stage_rank, sum(items) AS items, sum(items_reached) AS items_reached
    FROM hkpost.milestone_funnel
    WHERE week_start >= date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong')::date - 7 * :weeks
    GROUP BY stage, stage_rank
    ORDER BY stage_rank
)
INSERT INTO hkpost.chart_series (chart, taken_at, series)
SELECT 'funnel', now(), coalesce(jsonb_agg(to_jsonb(series)), '[]')
FROM series
ON CONFLICT (chart) DO UPDATE SET taken_at = excluded.taken_at, series = excluded.series;
