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
), asked AS MATERIALIZED (
    -- From the index mail_item_due alone, by its condition.
    SELECT item_no, account FROM hkpost.mail_item WHERE is_open OR state = 'delivered' AND next_poll_at IS NOT NULL
), described AS (
    -- What the lists are filtered and sorted by.
    SELECT found.item_no, found.queue, found.since, journey.state, journey.origin, journey.destination, journey.service,
           asked.account, coalesce(journey.last_event_at, journey.registered_at) AS silent_since,
           coalesce(journey.posted_at, journey.registered_at) AS open_since, journey.last_event_at
    FROM found
    JOIN hkpost.item_journey AS journey ON journey.item_no = found.item_no AND journey.is_open
    LEFT JOIN asked ON asked.item_no = found.item_no
), gone AS (
    DELETE FROM hkpost.queue_item AS known
    WHERE NOT EXISTS (SELECT FROM found WHERE (found.item_no, found.queue) = (known.item_no, known.queue))
), came AS (
    INSERT INTO hkpost.queue_item (
        item_no, queue, since, state, origin, destination, service, account, silent_since, open_since, last_event_at
    )
    SELECT newest.*
    FROM described AS newest
    LEFT JOIN hkpost.queue_item AS known ON known.item_no = newest.item_no AND known.queue = newest.queue
    WHERE (known.since, known.state, known.origin, known.destination, known.service, known.account,
           known.silent_since, known.open_since, known.last_event_at)
        IS DISTINCT FROM (newest.since, newest.state, newest.origin, newest.destination, newest.service, newest.account,
           newest.silent_since, newest.open_since, newest.last_event_at)
    ON CONFLICT (item_no, queue) DO UPDATE
    SET since = excluded.since, state = excluded.state, origin = excluded.origin, destination = excluded.destination,
        service = excluded.service, account = excluded.account, silent_since = excluded.silent_since,
        open_since = excluded.open_since, last_event_at = excluded.last_event_at
)
INSERT INTO hkpost.queue_day (day, queue, items, counted_at)
SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date, named.queue, count(found.item_no), now()
FROM unnest('{exception,failed_delivery,collection_lapsing,at_risk,stuck,silent}'::text[]) AS named (queue)
LEFT JOIN found ON found.queue = named.queue
GROUP BY named.queue
ON CONFLICT (day, queue) DO UPDATE SET items = excluded.items, counted_at = excluded.counted_at;
