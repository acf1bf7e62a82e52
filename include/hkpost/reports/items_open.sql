-- The open items: those with a journey from the index item_journey_open alone, and those that were never asked about.
SELECT item_no, state, origin, destination, service, coalesce(last_event_at, registered_at) AS silent_since,
       coalesce(posted_at, registered_at) AS open_since, last_event_at, NULL::timestamptz AS closed_at
FROM hkpost.item_journey
WHERE is_open
UNION ALL
SELECT item_no, state, coalesce(origin_iso, origin_country), coalesce(destination_iso, destination_country,
       destination_expected), CASE WHEN item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(item_no, 1) END,
       coalesce(last_event_at, registered_at), registered_at, last_event_at, NULL
FROM hkpost.mail_item AS item
WHERE last_polled_at IS NULL AND is_open
  AND NOT EXISTS (SELECT FROM hkpost.item_journey AS journey WHERE journey.item_no = item.item_no)
