-- The items of a queue, as the end of the last run found them, from the index queue_item_oldest alone. The forecast is read
-- where it is asked for only.
SELECT queued.item_no, queued.state, queued.origin, queued.destination, queued.service, queued.silent_since,
       queued.open_since, queued.last_event_at, queued.since, forecast.p50_at AS expected_p50_at,
       forecast.promised_until, queued.account
FROM hkpost.queue_item AS queued
LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = queued.item_no
WHERE queued.queue = :group
