-- The items. One that has been silent for a year is expired, as the service says then; what is open is asked
-- again within two days, one in ten of them is due.
INSERT INTO hkpost.mail_item
    (item_no, account, source_ref, registered_at, priority, state, closed_at, close_reason, api_status, api_message,
     milestone_code, milestone_e, milestone_c, milestone_s, posted_at_local, drop_off_point_e, drop_off_point_c,
     drop_off_point_s, origin_country, origin_iso, destination_country, destination_iso, first_event_at,
     last_event_at, event_count, delivered_at, last_polled_at, last_answered_at, last_changed_at, next_poll_at,
     poll_count, content_hash)
SELECT copied.item_no, original.account, 'SO-' || 1000000 + copied.copy_no, original.registered_at + copied.shift,
       original.priority,
       CASE WHEN is_expired THEN 'expired' ELSE original.state END,
       CASE WHEN is_expired THEN original.registered_at + copied.shift + interval '365 days'
            ELSE original.closed_at + copied.shift END,
       CASE WHEN is_expired THEN 'expired' ELSE original.close_reason END,
       CASE WHEN is_expired THEN 1003 ELSE original.api_status END,
       CASE WHEN is_expired THEN 'Item tracking is expired' ELSE original.api_message END,
       original.milestone_code, original.milestone_e, original.milestone_c, original.milestone_s,
       original.posted_at_local + copied.shift,
       original.drop_off_point_e, original.drop_off_point_c, original.drop_off_point_s,
       original.origin_country, original.origin_iso, original.destination_country, original.destination_iso,
       coalesce((original.first_local + copied.shift) AT TIME ZONE original.first_zone,
                original.first_event_at + copied.shift),
       coalesce((original.last_local + copied.shift) AT TIME ZONE original.last_zone,
                original.last_event_at + copied.shift),
       original.event_count,
       coalesce((original.delivery_local + copied.shift) AT TIME ZONE original.delivery_zone,
                original.delivered_at + copied.shift),
       CASE WHEN is_asked THEN now() - interval '3 hours' - interval '1 minute' * (copied.dice % 2700)
            WHEN is_expired THEN original.registered_at + copied.shift + interval '365 days'
            ELSE original.last_polled_at + copied.shift END,
       CASE WHEN is_asked THEN now() - interval '3 hours' - interval '1 minute' * (copied.dice % 2700)
            ELSE original.last_answered_at + copied.shift END,
       original.last_changed_at + copied.shift,
       CASE WHEN is_asked THEN now() + interval '1 second' * (copied.dice % 172800 - 17280)
            WHEN original.next_poll_at + copied.shift > now() THEN original.next_poll_at + copied.shift END,
       original.poll_count + CASE WHEN copied.is_older THEN least(copied.age_days - original.age_days, 365) / 2 ELSE 0 END,
       original.content_hash
FROM copied
JOIN bench.original ON original.item_no = copied.original
CROSS JOIN LATERAL (
    SELECT original.is_open AND copied.age_days > 365 AS is_expired,
           original.is_open AND copied.age_days <= 365 AS is_asked
) AS reported
ORDER BY copied.copy_no;
