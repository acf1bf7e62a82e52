-- The journeys of the items in journey_item, from their current events in journey_event and from mail_item.
-- A load fills these two with the items it has changed; a rebuild, with all of them.
WITH event_type AS (
    SELECT event_type, state, stage, min(stage_rank) OVER (PARTITION BY stage) AS stage_starts
    FROM hkpost.dim_event_type
    WHERE event_type <> 'unclassified' AND stage IS NOT NULL AND stage_rank IS NOT NULL
), way AS (
    SELECT event.item_no,
           max(stage_starts) AS furthest_rank,
           min(event_time) FILTER (WHERE stage = 'posting') AS posting_at,
           min(event_time) FILTER (WHERE state <> 'registered' AND event_type <> 'planned_departure') AS first_scan_at,
           min(event_time) FILTER (WHERE stage = 'origin') AS origin_at,
           min(event_time) FILTER (WHERE event_type = 'EMC') AS departed_at,
           min(event_time) FILTER (WHERE stage = 'transit') AS transit_at,
           min(event_time) FILTER (WHERE stage = 'destination') AS destination_at,
           min(event_time) FILTER (WHERE stage = 'customs') AS customs_at,
           min(event_time) FILTER (WHERE event_type IN ('EDB', 'EME')) AS customs_in_at,
           min(event_time) FILTER (WHERE event_type = 'EDC') AS customs_out_at,
           min(event_time) FILTER (WHERE stage = 'delivery') AS delivery_at,
           min(event_time) FILTER (WHERE event_type = 'EDG') AS out_for_delivery_at,
           min(event_time) FILTER (WHERE event_type IN ('EMH', 'EMI')) AS first_attempt_at,
           count(DISTINCT event_date) FILTER (WHERE event_type = 'EMH') AS failed_attempts,
           min(event_time) FILTER (WHERE stage = 'final') AS final_at,
           max(event_date) FILTER (WHERE state = 'delivered' AND event_date > '1900-01-01') AS delivered_on
    FROM journey_event AS event
    JOIN event_type USING (event_type)
    GROUP BY event.item_no
), item AS (
    SELECT item_no, state, registered_at, first_event_at, last_event_at, event_count, delivered_at,
           -- A code as received may be longer than an entry of an index can be.
           coalesce(origin_iso, left(origin_country, 40), '') AS origin,
           coalesce(destination_iso, left(destination_country, 40), '') AS destination,
           CASE WHEN item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(item_no, 1) ELSE '' END AS service,
           -- Only senders in Hong Kong may ask (specification page 3, note 4): the posting clock is Hong Kong's.
           coalesce(posted_at_local AT TIME ZONE 'Asia/Hong_Kong', first_event_at) AS posted_at,
           CASE
               WHEN posted_at_local IS NOT NULL THEN posted_at_local::date
               WHEN first_event_at IS NOT NULL THEN (first_event_at AT TIME ZONE 'Asia/Hong_Kong')::date
               WHEN registered_at BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00'
                   THEN (registered_at AT TIME ZONE 'Asia/Hong_Kong')::date
               ELSE date '1900-01-01'
           END AS posted_on
    FROM journey_item
    JOIN hkpost.mail_item USING (item_no)
)
INSERT INTO hkpost.item_journey AS known
    (item_no, origin, destination, service, state, registered_at, posted_at, posted_on, week_start, furthest_rank,
     posting_at, first_scan_at, origin_at, departed_at, transit_at, destination_at, customs_at, customs_in_at,
     customs_out_at, delivery_at, out_for_delivery_at, first_attempt_at, failed_attempts, final_at, delivered_at,
     delivered_on, last_event_at, event_count)
SELECT item.item_no, item.origin, item.destination, item.service, item.state, item.registered_at, item.posted_at,
       item.posted_on, date_trunc('week', item.posted_on::timestamp)::date,
       way.furthest_rank, way.posting_at, way.first_scan_at, way.origin_at, way.departed_at, way.transit_at, way.destination_at,
       way.customs_at, way.customs_in_at, way.customs_out_at, way.delivery_at, way.out_for_delivery_at,
       way.first_attempt_at, coalesce(way.failed_attempts, 0), way.final_at, item.delivered_at,
       way.delivered_on, item.last_event_at, item.event_count
FROM item
LEFT JOIN way ON way.item_no = item.item_no
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
    posting_at = excluded.posting_at,
    first_scan_at = excluded.first_scan_at,
    origin_at = excluded.origin_at,
    departed_at = excluded.departed_at,
    transit_at = excluded.transit_at,
    destination_at = excluded.destination_at,
    customs_at = excluded.customs_at,
    customs_in_at = excluded.customs_in_at,
    customs_out_at = excluded.customs_out_at,
    delivery_at = excluded.delivery_at,
    out_for_delivery_at = excluded.out_for_delivery_at,
    first_attempt_at = excluded.first_attempt_at,
    failed_attempts = excluded.failed_attempts,
    final_at = excluded.final_at,
    delivered_at = excluded.delivered_at,
    delivered_on = excluded.delivered_on,
    last_event_at = excluded.last_event_at,
    event_count = excluded.event_count
WHERE known IS DISTINCT FROM excluded;
