-- The items that were asked about, held until the end of the transaction, in one order for everybody.
-- An instant that no calendar of a program has (a time zone may move it by a day) is none.
SELECT item_no, account,
       CASE WHEN registered_at BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00'
            THEN registered_at END AS registered_at,
       state, is_open, closed_at, close_reason, api_status, api_message,
       milestone_code, milestone_e, milestone_c, milestone_s, posted_at_local,
       drop_off_point_e, drop_off_point_c, drop_off_point_s,
       origin_country, origin_iso, destination_country, destination_iso,
       first_event_at, last_event_at, event_count, delivered_at,
       last_polled_at, last_answered_at, last_changed_at, poll_count, content_hash
FROM hkpost.mail_item
WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
ORDER BY item_no
FOR NO KEY UPDATE;
