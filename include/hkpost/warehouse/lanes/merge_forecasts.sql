-- New forecasts take the place of the old ones, and the first of the day is kept.
WITH made AS MATERIALIZED (
    SELECT item_no, now() AS forecast_at, stage, to_timestamp(p10_at) AS p10_at, to_timestamp(p50_at) AS p50_at,
           to_timestamp(p80_at) AS p80_at, to_timestamp(p90_at) AS p90_at, share_by_promise, share_never, basis,
           basis_items, expects_report, to_timestamp(promised_until) AS promised_until,
           to_timestamp(known_until) AS known_until, last_event, to_timestamp(news_from) AS news_from,
           to_timestamp(news_until) AS news_until, poll_reason
    FROM made_forecast
), kept AS (
    INSERT INTO hkpost.item_forecast_history
        (item_no, forecast_on, forecast_at, stage, p10_at, p50_at, p80_at, p90_at, share_by_promise, share_never, basis,
         basis_items, expects_report, promised_until)
    SELECT item_no, (forecast_at AT TIME ZONE 'Asia/Hong_Kong')::date, forecast_at, stage, p10_at, p50_at, p80_at, p90_at,
           share_by_promise, share_never, basis, basis_items, expects_report, promised_until
    FROM made
    ON CONFLICT (item_no, forecast_on) DO NOTHING
)
INSERT INTO hkpost.item_forecast
    (item_no, forecast_at, stage, p10_at, p50_at, p80_at, p90_at, share_by_promise, share_never, basis, basis_items,
     expects_report, promised_until, known_until, last_event, news_from, news_until, poll_reason)
SELECT item_no, forecast_at, stage, p10_at, p50_at, p80_at, p90_at, share_by_promise, share_never, basis, basis_items,
       expects_report, promised_until, known_until, last_event, news_from, news_until, poll_reason
FROM made
ON CONFLICT (item_no) DO UPDATE
SET forecast_at = excluded.forecast_at,
    stage = excluded.stage,
    p10_at = excluded.p10_at,
    p50_at = excluded.p50_at,
    p80_at = excluded.p80_at,
    p90_at = excluded.p90_at,
    share_by_promise = excluded.share_by_promise,
    share_never = excluded.share_never,
    basis = excluded.basis,
    basis_items = excluded.basis_items,
    expects_report = excluded.expects_report,
    promised_until = excluded.promised_until,
    known_until = excluded.known_until,
    last_event = excluded.last_event,
    -- When an item is asked again is said after each answer, not with each curve.
    news_from = CASE WHEN excluded.poll_reason IS NULL THEN item_forecast.news_from ELSE excluded.news_from END,
    news_until = CASE WHEN excluded.poll_reason IS NULL THEN item_forecast.news_until ELSE excluded.news_until END,
    poll_reason = coalesce(excluded.poll_reason, item_forecast.poll_reason);
