-- Open items of which something was learned since their forecast, or whose curves were made since; instants as seconds
-- since 1970, null where it is not a time. Where they were answered since: what says when they are asked again, in hours
-- since a Monday's 00:00 by the clock of the country where the next event is expected.
WITH now AS (
    SELECT item.item_no,
           coalesce(journey.origin, item.origin_iso, '') AS origin,
           coalesce(journey.destination, item.destination_iso, '') AS destination,
           coalesce(journey.service,
                    CASE WHEN item.item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(item.item_no, 1) END, '') AS service,
           CASE
               WHEN delivery_stage_at IS NOT NULL THEN 'delivery'
               WHEN customs_at IS NOT NULL THEN 'customs'
               WHEN destination_at IS NOT NULL THEN 'destination'
               WHEN transit_at IS NOT NULL THEN 'transit'
               WHEN origin_at IS NOT NULL THEN 'origin'
               WHEN posting_stage_at IS NOT NULL THEN 'posting'
               ELSE 'registered'
           END AS stage,
           coalesce(delivery_stage_at, customs_at, destination_at, transit_at, origin_at, posting_stage_at,
                    item.registered_at) AS entered_at,
           coalesce(greatest(item.last_answered_at, CASE WHEN item.api_status = 1001 THEN item.last_polled_at END),
                    item.registered_at) AS known_until,
           (promise.promised_on + 1)::timestamp AT TIME ZONE coalesce(country.principal_zone, 'Asia/Hong_Kong')
               AS promised_until,
           item.last_polled_at, item.last_answered_at, item.priority, item.event_count, item.last_event_at,
           coalesce(item.last_event_at, item.registered_at) AS silent_since,
           policy.poll_at_least, policy.poll_at_most
    FROM hkpost.mail_item AS item
    LEFT JOIN hkpost.item_journey AS journey ON journey.item_no = item.item_no
    LEFT JOIN hkpost.dim_country AS country ON country.country_code = journey.destination
    -- As item_promise says it, without its other columns.
    CROSS JOIN LATERAL hkpost.promise_of(
        item.promised_on, journey.posted_on, coalesce(journey.origin, item.origin_iso, 'HK'),
        coalesce(journey.destination, item.destination_iso, item.destination_expected), journey.service) AS promise
    LEFT JOIN hkpost.poll_policy AS policy ON policy.state = item.state
    WHERE item.is_open
), due AS (
    SELECT now.*, forecast.last_event AS forecast_event,
           forecast.known_until IS DISTINCT FROM now.known_until AND now.last_polled_at IS NOT NULL AS is_answered,
           lane.reports IS NOT FALSE OR now.stage IN ('destination', 'customs', 'delivery') AS expects_report
    FROM now
    LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = now.item_no
    LEFT JOIN hkpost.lane_history AS lane
        ON lane.origin = now.origin AND lane.destination = now.destination AND lane.service = now.service
    WHERE forecast.item_no IS NULL
       OR forecast.forecast_at < :made_at
       OR (forecast.stage, forecast.known_until, forecast.promised_until)
          IS DISTINCT FROM (now.stage, now.known_until, now.promised_until)
), latest AS MATERIALIZED (
    -- Once an item: what follows names it three times.
    SELECT due.*,
           CASE
               WHEN NOT is_answered THEN forecast_event
               WHEN event_count = 0 THEN 'registered'
               -- Found by its day, in one or two partitions.
               ELSE (SELECT event.event_type
                     FROM hkpost.fact_tracking_event AS event
                     WHERE event.item_no = due.item_no
                       AND event.event_date BETWEEN (due.last_event_at AT TIME ZONE 'UTC')::date - 1
                                                AND (due.last_event_at AT TIME ZONE 'UTC')::date + 1
                       AND event.event_time = due.last_event_at AND event.retracted_at IS NULL
                       AND event.time_precision IN ('zone', 'country')
                     ORDER BY event.event_key DESC
                     LIMIT 1)
           END AS last_event
    FROM due
)
SELECT latest.item_no, latest.origin, latest.destination, latest.service, latest.stage, expects_report,
       CASE WHEN isfinite(entered_at) THEN date_part('epoch', entered_at) END AS entered_at,
       CASE WHEN isfinite(known_until) THEN date_part('epoch', known_until) END AS known_until,
       date_part('epoch', promised_until) AS promised_until,
       latest.last_event, at.clock, priority,
       CASE
           WHEN NOT is_answered THEN NULL
           WHEN poll_at_least IS NULL OR last_polled_at IS DISTINCT FROM last_answered_at THEN 'policy'
           WHEN NOT expects_report THEN 'silent_lane'
           WHEN last_event IS NULL OR NOT isfinite(silent_since) OR silent_since > last_answered_at THEN 'too_few'
           ELSE 'lane'
       END AS poll_reason,
       CASE WHEN isfinite(silent_since) THEN date_part('epoch', silent_since AT TIME ZONE at.zone) / 3600 - 96 END
           AS begin,
       date_part('epoch', last_answered_at AT TIME ZONE at.zone) / 3600 - 96 AS until,
       date_part('epoch', poll_at_least) / 3600 AS at_least,
       date_part('epoch', poll_at_most) / 3600 AS at_most
FROM latest
LEFT JOIN hkpost.dim_event_type AS type ON type.event_type = latest.last_event
CROSS JOIN LATERAL hkpost.clock_of_news(type.stage, latest.origin, latest.destination) AS at;
