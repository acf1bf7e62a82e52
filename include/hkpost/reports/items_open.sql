-- The open items: those with a journey from the index item_journey_open alone, and those that were never asked about.
-- What else is joined is read where it is asked for only; mail_item by the condition of its index mail_item_due.
SELECT journey.item_no, journey.state, journey.origin, journey.destination, journey.service,
       coalesce(journey.last_event_at, journey.registered_at) AS silent_since,
       coalesce(journey.posted_at, journey.registered_at) AS open_since, journey.last_event_at,
       forecast.p50_at AS expected_p50_at, forecast.promised_until, item.account
FROM hkpost.item_journey AS journey
LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = journey.item_no
LEFT JOIN hkpost.mail_item AS item
    ON item.item_no = journey.item_no AND (item.is_open OR item.state = 'delivered' AND item.next_poll_at IS NOT NULL)
WHERE journey.is_open
UNION ALL
SELECT item.item_no, state, coalesce(origin_iso, origin_country), coalesce(destination_iso, destination_country,
       destination_expected),
       CASE WHEN item.item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(item.item_no, 1) END,
       coalesce(last_event_at, registered_at), registered_at, last_event_at, forecast.p50_at, forecast.promised_until,
       account
FROM hkpost.mail_item AS item
LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = item.item_no
WHERE last_polled_at IS NULL AND is_open
  AND NOT EXISTS (SELECT FROM hkpost.item_journey AS journey WHERE journey.item_no = item.item_no)
