-- The items of a queue, as the end of the last run found them.
SELECT queued.item_no, journey.state, journey.origin, journey.destination, journey.service,
       coalesce(journey.last_event_at, journey.registered_at) AS silent_since,
       coalesce(journey.posted_at, journey.registered_at) AS open_since, journey.last_event_at, queued.since,
       NULL::timestamptz AS closed_at
FROM hkpost.queue_item AS queued
JOIN hkpost.item_journey AS journey ON journey.item_no = queued.item_no
WHERE queued.queue = :group
