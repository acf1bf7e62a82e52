-- What is known of items: their state, the latest current event, and when they were and will be asked (null while an
-- answer waits to be loaded).
SELECT item.item_no, item.account, item.state, item.is_open, item.close_reason, item.closed_at,
       item.api_status, item.api_message, item.last_polled_at,
       nullif(item.next_poll_at, 'infinity') AS next_poll_at, item.event_count,
       latest.event_time_local, latest.event_time_text, latest.location, latest.message
FROM hkpost.mail_item AS item
LEFT JOIN LATERAL (
    SELECT event.event_time_local, event.event_time_text,
           coalesce(nullif(event.location_e, ''), nullif(event.location_c, ''), nullif(event.location_s, ''),
                    event.location_code) AS location,
           coalesce(nullif(event.message_e, ''), nullif(event.message_c, ''), nullif(event.message_s, ''))
               AS message
    FROM hkpost.tracking_event AS event
    WHERE event.item_no = item.item_no
    ORDER BY event.sequence_no DESC NULLS LAST
    LIMIT 1
) AS latest ON true
WHERE item.item_no = ANY(CAST(:item_nos AS varchar[]));
