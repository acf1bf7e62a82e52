-- Open items of which something was learned since their forecast, or whose curves were made since; instants as seconds
-- since 1970, null where it is not a time.
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
               AS promised_until
    FROM hkpost.mail_item AS item
    LEFT JOIN hkpost.item_journey AS journey ON journey.item_no = item.item_no
    LEFT JOIN hkpost.dim_country AS country ON country.country_code = journey.destination
    LEFT JOIN hkpost.item_promise AS promise ON promise.item_no = item.item_no AND promise.is_open
    WHERE item.is_open
)
SELECT now.item_no, now.origin, now.destination, now.service, now.stage,
       lane.reports IS NOT FALSE OR now.stage IN ('destination', 'customs', 'delivery') AS expects_report,
       CASE WHEN isfinite(now.entered_at) THEN date_part('epoch', now.entered_at) END AS entered_at,
       CASE WHEN isfinite(now.known_until) THEN date_part('epoch', now.known_until) END AS known_until,
       date_part('epoch', now.promised_until) AS promised_until
FROM now
LEFT JOIN hkpost.item_forecast AS told ON told.item_no = now.item_no
LEFT JOIN hkpost.lane_history AS lane
    ON lane.origin = now.origin AND lane.destination = now.destination AND lane.service = now.service
WHERE told.item_no IS NULL
   OR told.forecast_at < :made_at
   OR (told.stage, told.known_until, told.promised_until)
      IS DISTINCT FROM (now.stage, now.known_until, now.promised_until);
