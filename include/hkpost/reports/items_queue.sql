-- The items of a queue, as the end of the last run found them. What is joined is read where it is asked for only.
SELECT queued.item_no, journey.state, journey.origin, journey.destination, journey.service,
       coalesce(journey.last_event_at, journey.registered_at) AS silent_since,
       coalesce(journey.posted_at, journey.registered_at) AS open_since, journey.last_event_at, queued.since,
       forecast.p50_at AS expected_p50_at, forecast.promised_until, item.account
FROM hkpost.queue_item AS queued
LEFT JOIN hkpost.item_journey AS journey ON journey.item_no = queued.item_no
LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = queued.item_no
LEFT JOIN hkpost.mail_item AS item ON item.item_no = queued.item_no
WHERE queued.queue = :group
