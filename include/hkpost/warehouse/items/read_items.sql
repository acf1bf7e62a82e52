-- What is known of some items; a time that never comes is far away.
-- An instant that no calendar of a program has (a time zone may move it by a day) is none.
SELECT item_no, account, CASE WHEN registered_at BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00'
            THEN registered_at END AS registered_at,
       state, closed_at, close_reason, api_status, api_message,
       milestone_code, milestone_e, milestone_c, milestone_s, posted_at_local,
       drop_off_point_e, drop_off_point_c, drop_off_point_s,
       origin_country, origin_iso, destination_country, destination_iso,
       first_event_at, last_event_at, event_count, delivered_at,
       last_polled_at, last_answered_at, last_changed_at,
       CASE WHEN next_poll_at = 'infinity' THEN timestamptz '9999-12-31 00:00+00' ELSE next_poll_at END AS next_poll_at,
       poll_count, pending_call_id, content_hash
FROM hkpost.mail_item
WHERE item_no = ANY(CAST(:item_nos AS varchar[]));
