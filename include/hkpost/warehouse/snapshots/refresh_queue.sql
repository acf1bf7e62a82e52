-- Which open items need a person, in which queue, and since when; and how many there are today.
-- The numbers are in hkpost.setting: collection_lapsing_days, at_risk_percent, and those of stuck_item.
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'collection_lapsing_days') AS collection_lapsing_days,
           max(value::integer) FILTER (WHERE name = 'at_risk_percent') AS at_risk_percent
    FROM hkpost.setting
), found AS MATERIALIZED (
    SELECT item_no, CASE state WHEN 'exception' THEN 'exception' ELSE 'failed_delivery' END AS queue,
           coalesce(last_event_at, registered_at) AS since
    FROM hkpost.item_journey
    WHERE is_open AND state IN ('exception', 'delivery_attempted')
    UNION ALL
    SELECT item_no, 'collection_lapsing', coalesce(last_event_at, registered_at)
    FROM hkpost.item_journey, setting
    WHERE is_open AND state = 'awaiting_collection'
      AND coalesce(last_event_at, registered_at) < now() - make_interval(days => collection_lapsing_days)
    UNION ALL
    SELECT forecast.item_no, 'at_risk', forecast.promised_until
    FROM hkpost.item_forecast AS forecast
    JOIN hkpost.item_journey AS journey ON journey.item_no = forecast.item_no AND journey.is_open
    CROSS JOIN setting
    WHERE forecast.promised_until < now() OR 100 * forecast.share_by_promise < at_risk_percent
    UNION ALL
    SELECT item_no, CASE WHEN lane_reports IS FALSE THEN 'silent' ELSE 'stuck' END,
           silent_since + make_interval(days => stuck_days::integer)
    FROM hkpost.stuck_item
), gone AS (
    DELETE FROM hkpost.queue_item AS known
    WHERE NOT EXISTS (SELECT FROM found WHERE (found.item_no, found.queue) = (known.item_no, known.queue))
), came AS (
    INSERT INTO hkpost.queue_item AS known (item_no, queue, since)
    SELECT item_no, queue, since
    FROM found
    ON CONFLICT (item_no, queue) DO UPDATE SET since = excluded.since WHERE known.since <> excluded.since
)
INSERT INTO hkpost.queue_day (day, queue, items, counted_at)
SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date, named.queue, count(found.item_no), now()
FROM unnest('{exception,failed_delivery,collection_lapsing,at_risk,stuck,silent}'::text[]) AS named (queue)
LEFT JOIN found ON found.queue = named.queue
GROUP BY named.queue
ON CONFLICT (day, queue) DO UPDATE SET items = excluded.items, counted_at = excluded.counted_at;
