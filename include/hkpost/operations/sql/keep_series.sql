-- Keeps the answer to a question (in the place of the braces) for the page.
INSERT INTO hkpost.chart_series AS kept (chart, taken_at, series)
SELECT CAST(:chart AS text), now(), coalesce(jsonb_agg(to_jsonb(answer)), '[]')
FROM (
{}
) AS answer
ON CONFLICT (chart) DO UPDATE SET taken_at = excluded.taken_at, series = excluded.series;
