-- The items of a week of posting, open and closed ones.
SELECT item_no, state, origin, destination, service, coalesce(last_event_at, registered_at) AS silent_since,
       coalesce(posted_at, registered_at) AS open_since, last_event_at, NULL::timestamptz AS closed_at
FROM hkpost.item_journey
WHERE week_start = :week AND posted_at IS NOT NULL
