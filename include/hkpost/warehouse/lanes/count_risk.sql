-- How many open promises of each lane are at risk today, of items whose lane is known; what is older than 60 days goes.
WITH old AS (
    DELETE FROM hkpost.lane_risk_day WHERE day < (now() AT TIME ZONE 'Asia/Hong_Kong')::date - 60
)
INSERT INTO hkpost.lane_risk_day (day, origin, destination, service, items, items_at_risk)
SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date, journey.origin, journey.destination, journey.service, count(*),
       count(*) FILTER (WHERE 100 * forecast.share_by_promise < (
           SELECT value::integer FROM hkpost.setting WHERE name = 'at_risk_percent'))
FROM hkpost.item_forecast AS forecast
JOIN hkpost.item_journey AS journey USING (item_no)
WHERE forecast.share_by_promise IS NOT NULL
  AND journey.origin IS NOT NULL AND journey.destination IS NOT NULL AND journey.service IS NOT NULL
GROUP BY 2, 3, 4
ON CONFLICT (day, destination, origin, service) DO UPDATE
SET items = excluded.items, items_at_risk = excluded.items_at_risk;
