-- The journeys of the items in journey_item, from their current events in journey_event and from mail_item.
-- A load fills these two with the items it has changed; a rebuild, with all of them.
WITH event_type AS (
    SELECT event_type, state, stage, stage_rank, min(stage_rank) OVER (PARTITION BY stage) AS stage_starts
    FROM hkpost.dim_event_type
    WHERE event_type <> 'unclassified' AND stage IS NOT NULL AND stage_rank IS NOT NULL
), way AS (
    SELECT event.item_no,
           max(stage_starts) AS furthest_rank,
           min(event_time) FILTER (WHERE stage = 'posting') AS posting_stage_at,
           min(event_time) FILTER (WHERE state <> 'registered' AND event_type <> 'planned_departure') AS first_scan_at,
           min(event_time) FILTER (WHERE stage = 'origin') AS origin_at,
           min(event_time) FILTER (WHERE event_type = 'EMC') AS departed_at,
           min(event_time) FILTER (WHERE stage = 'transit') AS transit_at,
           min(event_time) FILTER (WHERE stage = 'destination') AS destination_at,
           min(event_time) FILTER (WHERE stage = 'customs') AS customs_at,
           min(event_time) FILTER (WHERE stage = 'delivery') AS delivery_stage_at,
           min(event_time) FILTER (WHERE event_type = 'EDG') AS out_for_delivery_at,
           min(event_time) FILTER (WHERE event_type IN ('EMH', 'EMI')) AS first_attempt_at,
           count(DISTINCT event_date) FILTER (WHERE event_type = 'EMH') AS failed_attempts,
           min(event_time) FILTER (WHERE stage = 'final') AS final_at,
           max(event_date) FILTER (WHERE state = 'delivered' AND event_date > '1900-01-01') AS delivered_on,
           min(event_time) FILTER (WHERE event_type NOT IN ('pre_advice', 'planned_departure')) AS handled_at,
           bool_and(event_type IN ('pre_advice', 'planned_departure')) AS is_only_announced,
           max(event_date) FILTER (WHERE stage IS NOT NULL) AS classified_on,
           array_agg(event_date) FILTER (WHERE stage IS NULL) AS unclassified_on
    FROM journey_event AS event
    LEFT JOIN event_type USING (event_type)
    GROUP BY event.item_no
), customs_event AS (
    -- A stay ends with the next release; export customs is another one than import customs.
    SELECT item_no, event_time, side, is_release,
           count(*) FILTER (WHERE is_release) OVER (
               PARTITION BY item_no, side ORDER BY event_time, stage_rank
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS released_before
    FROM journey_event
    JOIN event_type USING (event_type)
    CROSS JOIN LATERAL (SELECT event_type IN ('EXC', 'EDC') AS is_release, left(event_type, 2) = 'EX' AS side) AS kind
    WHERE (is_release OR state = 'customs') AND event_time IS NOT NULL
), stay AS (
    SELECT item_no,
           min(event_time) FILTER (WHERE NOT is_release) AS entered_at,
           min(event_time) FILTER (WHERE is_release) AS released_at
    FROM customs_event
    GROUP BY item_no, side, released_before
    -- A release that follows another is the same one, reported twice.
    HAVING released_before = 0 OR bool_or(NOT is_release)
), customs AS (
    SELECT item_no,
           array_agg(entered_at ORDER BY coalesce(entered_at, released_at)) AS entered_at,
           array_agg(released_at ORDER BY coalesce(entered_at, released_at)) AS released_at
    FROM stay
    GROUP BY item_no
), item AS (
    SELECT mail_item.item_no, state, registered_at, last_event_at, event_count, delivered_at,
           -- A code as received may be longer than an entry of an index can be.
           coalesce(origin_iso, left(origin_country, 40)) AS origin,
           coalesce(destination_iso, left(destination_country, 40), left(destination_expected, 40)) AS destination,
           CASE WHEN mail_item.item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(mail_item.item_no, 1) END AS service,
           (last_answered_at AT TIME ZONE 'Asia/Hong_Kong')::date AS answered_on,
           posting.posted_at,
           (posting.posted_at AT TIME ZONE 'Asia/Hong_Kong')::date AS posted_on,
           CASE
               WHEN registered_at BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00'
                   THEN (registered_at AT TIME ZONE 'Asia/Hong_Kong')::date
               ELSE date '1900-01-01'
           END AS registered_on
    FROM journey_item
    JOIN hkpost.mail_item USING (item_no)
    JOIN hkpost.dim_state USING (state)
    LEFT JOIN way USING (item_no)
    -- Only senders in Hong Kong may ask (specification page 3, note 4): the posting clock is Hong Kong's. An item that
    -- is announced and no more may carry a date on which it shall be posted.
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN is_only_announced AND (state = 'registered' OR NOT is_terminal AND NOT dim_state.is_open) THEN NULL
            ELSE coalesce(posted_at_local AT TIME ZONE 'Asia/Hong_Kong', handled_at, first_event_at)
        END AS posted_at) AS posting
)
INSERT INTO hkpost.item_journey AS known
    (item_no, origin, destination, service, state, registered_at, posted_at, posted_on, week_start, furthest_rank,
     posting_stage_at, first_scan_at, origin_at, departed_at, transit_at, destination_at, customs_at,
     customs_entered_at, customs_released_at, delivery_stage_at, out_for_delivery_at, first_attempt_at,
     failed_attempts, final_at, delivered_at, delivered_on, last_event_at, event_count, answered_on,
     unclassified_events)
SELECT item.item_no, item.origin, item.destination, item.service, item.state, item.registered_at, item.posted_at,
       item.posted_on, date_trunc('week', coalesce(item.posted_on, item.registered_on)::timestamp)::date,
       way.furthest_rank, way.posting_stage_at, way.first_scan_at, way.origin_at, way.departed_at, way.transit_at,
       way.destination_at, way.customs_at, customs.entered_at, customs.released_at, way.delivery_stage_at,
       way.out_for_delivery_at, way.first_attempt_at, coalesce(way.failed_attempts, 0), way.final_at,
       item.delivered_at, coalesce(way.delivered_on, (item.delivered_at AT TIME ZONE 'Asia/Hong_Kong')::date),
       item.last_event_at, item.event_count, item.answered_on,
       (SELECT count(*) FROM unnest(way.unclassified_on) AS unclassified (day)
         WHERE unclassified.day >= coalesce(way.classified_on, '-infinity'))
FROM item
LEFT JOIN way ON way.item_no = item.item_no
LEFT JOIN customs ON customs.item_no = item.item_no
-- What is asked for together lies together.
ORDER BY item.posted_on
ON CONFLICT (item_no) DO UPDATE
SET origin = excluded.origin,
    destination = excluded.destination,
    service = excluded.service,
    state = excluded.state,
    registered_at = excluded.registered_at,
    posted_at = excluded.posted_at,
    posted_on = excluded.posted_on,
    week_start = excluded.week_start,
    furthest_rank = excluded.furthest_rank,
    posting_stage_at = excluded.posting_stage_at,
    first_scan_at = excluded.first_scan_at,
    origin_at = excluded.origin_at,
    departed_at = excluded.departed_at,
    transit_at = excluded.transit_at,
    destination_at = excluded.destination_at,
    customs_at = excluded.customs_at,
    customs_entered_at = excluded.customs_entered_at,
    customs_released_at = excluded.customs_released_at,
    delivery_stage_at = excluded.delivery_stage_at,
    out_for_delivery_at = excluded.out_for_delivery_at,
    first_attempt_at = excluded.first_attempt_at,
    failed_attempts = excluded.failed_attempts,
    final_at = excluded.final_at,
    delivered_at = excluded.delivered_at,
    delivered_on = excluded.delivered_on,
    last_event_at = excluded.last_event_at,
    event_count = excluded.event_count,
    answered_on = excluded.answered_on,
    unclassified_events = excluded.unclassified_events
WHERE known IS DISTINCT FROM excluded;
