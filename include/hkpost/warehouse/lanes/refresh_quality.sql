-- Forecasts of the last 60 days whose time has passed three days ago, against what became of their items; one item in
-- :one_in stands for the others. Beside them what the lane's deliveries of the 60 days before the week of the forecast
-- would have said: their median, and their mean.
INSERT INTO hkpost.forecast_quality
    (origin, destination, service, decile, items, predicted, actual, items_covered, coverage_80, is_out_of_bounds,
     brier, brier_median, brier_mean, pinball_days, pinball_median_days, pinball_mean_days, made_at)
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'minimum_items_of_a_share') AS minimum,
           max(value::integer) FILTER (WHERE name = 'coverage_points') / 100.0 AS points
    FROM hkpost.setting
), past_forecast AS MATERIALIZED (
    SELECT journey.origin, journey.destination, journey.service,
           date_trunc('week', history.forecast_on)::date AS week, history.forecast_at, history.p10_at, history.p50_at,
           history.p90_at, history.share_by_promise, history.promised_until, journey.posted_at,
           item.state = 'delivered' AS is_delivered,
           CASE WHEN item.state = 'delivered' THEN coalesce(journey.delivered_at, item.closed_at) END AS delivered_at,
           -- Told with a date only: some time of that day.
           CASE WHEN journey.delivered_at = journey.delivered_on::timestamp AT TIME ZONE country.principal_zone
                THEN interval '1 day' ELSE interval '0' END AS within,
           CASE WHEN item.is_open THEN item.last_answered_at ELSE now() END AS known_until
    FROM hkpost.item_forecast_history AS history
    JOIN hkpost.mail_item AS item ON item.item_no = history.item_no
    JOIN hkpost.item_journey AS journey ON journey.item_no = history.item_no
    LEFT JOIN hkpost.dim_country AS country ON country.country_code = journey.destination
    WHERE history.forecast_on >= (now() AT TIME ZONE 'Asia/Hong_Kong')::date - 60
      AND history.basis IS NOT NULL AND journey.destination <> '' AND hashtext(history.item_no) % :one_in = 0
), usual AS MATERIALIZED (
    SELECT asked.origin, asked.destination, asked.service, asked.week,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY lead.days) AS median, avg(lead.days) AS mean
    FROM (SELECT DISTINCT origin, destination, service, week FROM past_forecast) AS asked
    JOIN (SELECT origin, destination, service, delivered_at,
                 date_part('epoch', delivered_at - posted_at) / 86400 AS days
          FROM hkpost.item_journey
          WHERE week_start >= (now() - interval '300 days')::date AND state = 'delivered'
            AND delivered_at > posted_at AND isfinite(posted_at)) AS lead
      ON lead.origin = asked.origin AND lead.destination = asked.destination AND lead.service = asked.service
     AND lead.delivered_at >= asked.week - 60 AND lead.delivered_at < asked.week
    GROUP BY 1, 2, 3, 4
), judged AS MATERIALIZED (
    SELECT past_forecast.origin, past_forecast.destination, past_forecast.service,
           CASE WHEN promised_until < now() - interval '3 days' AND known_until >= promised_until
                THEN share_by_promise END AS predicted,
           coalesce(delivered_at < promised_until, false)::integer AS kept,
           CASE WHEN p90_at < now() - interval '3 days' AND known_until >= p90_at AND p10_at IS NOT NULL
                THEN coalesce(delivered_at <= p90_at AND delivered_at + within >= p10_at, false)::integer END AS covered,
           (posted_at + make_interval(secs => median * 86400) < promised_until)::integer AS kept_median,
           (posted_at + make_interval(secs => mean * 86400) < promised_until)::integer AS kept_mean,
           abs(date_part('epoch', ended_at - p50_at)) / 172800 AS off,
           abs(date_part('epoch', ended_at - greatest(posted_at + make_interval(secs => median * 86400), forecast_at)))
               / 172800 AS off_median,
           abs(date_part('epoch', ended_at - greatest(posted_at + make_interval(secs => mean * 86400), forecast_at)))
               / 172800 AS off_mean
    FROM past_forecast
    LEFT JOIN usual USING (origin, destination, service, week)
    CROSS JOIN LATERAL (SELECT coalesce(delivered_at, known_until) AS ended_at) AS at
), share AS (
    SELECT origin, destination, service,
           CASE WHEN predicted IS NOT NULL THEN least(floor(predicted * 10)::integer + 1, 10) END AS decile,
           judged.predicted, kept, covered, kept_median, kept_mean,
           CASE WHEN covered IS NOT NULL THEN off END AS off,
           CASE WHEN covered IS NOT NULL THEN off_median END AS off_median,
           CASE WHEN covered IS NOT NULL THEN off_mean END AS off_mean
    FROM judged
    WHERE predicted IS NOT NULL OR covered IS NOT NULL
), counted AS (
    SELECT coalesce(origin, '') AS origin, coalesce(destination, '') AS destination, coalesce(service, '') AS service,
           CASE WHEN grouping(decile) = 0 THEN decile ELSE 0 END AS decile,
           count(predicted) AS items,
           avg(predicted) AS predicted,
           avg(kept) FILTER (WHERE predicted IS NOT NULL) AS actual,
           count(covered) AS items_covered,
           avg(covered) AS coverage,
           avg((predicted - kept) ^ 2) AS brier,
           avg((kept_median - kept) ^ 2) FILTER (WHERE predicted IS NOT NULL) AS brier_median,
           avg((kept_mean - kept) ^ 2) FILTER (WHERE predicted IS NOT NULL) AS brier_mean,
           avg(off) AS off, avg(off_median) AS off_median, avg(off_mean) AS off_mean
    FROM share
    GROUP BY GROUPING SETS ((origin, destination, service, decile), (origin, destination, service), (decile), ())
    HAVING grouping(decile) = 1 AND count(*) > 0 OR max(decile) IS NOT NULL
)
SELECT origin, destination, service, decile, items,
       CASE WHEN items >= minimum THEN predicted END,
       CASE WHEN items >= minimum THEN actual END,
       items_covered,
       CASE WHEN items_covered >= minimum THEN coverage END,
       -- Beyond chance: two standard deviations of a share of 0.8.
       CASE WHEN decile = 0 AND items_covered >= minimum
            THEN abs(coverage - 0.8) > points + 0.8 / sqrt(items_covered) END,
       CASE WHEN items >= minimum THEN brier END,
       CASE WHEN items >= minimum THEN brier_median END,
       CASE WHEN items >= minimum THEN brier_mean END,
       CASE WHEN items_covered >= minimum THEN off END,
       CASE WHEN items_covered >= minimum THEN off_median END,
       CASE WHEN items_covered >= minimum THEN off_mean END,
       now()
FROM counted
CROSS JOIN setting;
