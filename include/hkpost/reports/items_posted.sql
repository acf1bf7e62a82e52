-- The items of a week of posting, open and closed ones. OFFSET 0 keeps the week first: the planner, which expects the items of
-- a filter everywhere, would look for them in the order of all numbers.
SELECT journey.item_no, journey.state, journey.origin, journey.destination, journey.service,
       coalesce(journey.last_event_at, journey.registered_at) AS silent_since, journey.posted_at AS open_since,
       journey.last_event_at, forecast.p50_at AS expected_p50_at, forecast.promised_until, item.account
FROM hkpost.item_journey AS journey
LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = journey.item_no
LEFT JOIN hkpost.mail_item AS item ON item.item_no = journey.item_no
WHERE journey.week_start = :week AND journey.posted_at IS NOT NULL
OFFSET 0
