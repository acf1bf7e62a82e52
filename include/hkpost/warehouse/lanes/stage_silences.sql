-- Silences that ended since the last count: with an event, or with the item's end. Begin and end in hours since a
-- Monday's 00:00 by the clock of the country where the next event is expected. Dates without a time and unknown times
-- tell nothing, nor do events that lie ahead.
CREATE TEMP TABLE new_silence ON COMMIT DROP AS
WITH learned AS MATERIALIZED (
    SELECT DISTINCT item_no
    FROM hkpost.tracking_event_change
    WHERE change = 'appeared' AND changed_at > :since AND changed_at <= now()
), event AS (
    SELECT item_no, event_type, event_time, time_precision, first_seen_at,
           lag(event_type) OVER earlier AS last_event, lag(event_time) OVER earlier AS begun,
           lag(time_precision) OVER earlier AS begun_precision
    FROM hkpost.fact_tracking_event
    WHERE item_no IN (SELECT item_no FROM learned)
      AND event_date >= CAST(:since AS date) - 90
      AND event_time IS NOT NULL AND retracted_at IS NULL
    WINDOW earlier AS (PARTITION BY item_no ORDER BY event_time, event_key)
), silence AS (
    SELECT item_no, coalesce(last_event, 'registered') AS last_event, coalesce(begun, registered_at) AS begun,
           event_time AS ended, true AS is_news, NOT coalesce(state.is_open, true) AS is_closing
    FROM event
    JOIN hkpost.mail_item AS item USING (item_no)
    JOIN hkpost.dim_event_type AS type USING (event_type)
    LEFT JOIN hkpost.dim_state AS state ON state.state = type.state
    WHERE time_precision IN ('zone', 'country') AND coalesce(begun_precision, 'zone') IN ('zone', 'country')
      AND event_time <= now() AND first_seen_at > :since AND first_seen_at <= now()
    UNION ALL
    SELECT item.item_no,
           CASE
               WHEN item.event_count = 0 THEN 'registered'
               ELSE (SELECT event.event_type
                     FROM hkpost.fact_tracking_event AS event
                     WHERE event.item_no = item.item_no
                       AND event.event_date BETWEEN (item.last_event_at AT TIME ZONE 'UTC')::date - 1
                                                AND (item.last_event_at AT TIME ZONE 'UTC')::date + 1
                       AND event.event_time = item.last_event_at AND event.retracted_at IS NULL
                       AND event.time_precision IN ('zone', 'country')
                     ORDER BY event.event_key DESC
                     LIMIT 1)
           END,
           coalesce(item.last_event_at, item.registered_at), item.last_answered_at, false, false
    FROM hkpost.dim_state AS state
    JOIN hkpost.mail_item AS item ON item.close_reason = state.state AND item.closed_at > :since
    WHERE NOT state.is_open AND NOT state.is_terminal
)
SELECT coalesce(lane.origin, '') AS origin, coalesce(lane.destination, '') AS destination,
       coalesce(lane.service, '') AS service, silence.last_event, at.clock,
       date_part('epoch', begun AT TIME ZONE at.zone) / 3600 - 96 AS begin,
       date_part('epoch', ended AT TIME ZONE at.zone) / 3600 - 96 AS until,
       is_news, is_closing
FROM silence
JOIN hkpost.item_journey AS lane USING (item_no)
LEFT JOIN hkpost.dim_event_type AS type ON type.event_type = silence.last_event
CROSS JOIN LATERAL hkpost.clock_of_news(type.stage, lane.origin, lane.destination) AS at
WHERE begun < ended AND isfinite(begun) AND silence.last_event IS NOT NULL;
