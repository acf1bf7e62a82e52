-- The closed items, from the index mail_item_closed alone: it has those of each reason in the order of their closing, and
-- what they are filtered and sorted by.
SELECT item_no, state, coalesce(origin_iso, origin_country) AS origin,
       coalesce(destination_iso, destination_country, destination_expected) AS destination,
       CASE WHEN item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(item_no, 1) END AS service,
       coalesce(last_event_at, registered_at) AS silent_since,
       coalesce(posted_at_local AT TIME ZONE 'Asia/Hong_Kong', registered_at) AS open_since, last_event_at, closed_at,
       close_reason, NULL::timestamptz AS expected_p50_at, NULL::timestamptz AS promised_until, account
FROM hkpost.mail_item
WHERE closed_at IS NOT NULL AND NOT is_open
