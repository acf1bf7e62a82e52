-- What a replay makes of items. Who asks about an item and when is not its business, but for one whose state
-- it opens (due at once) or closes (asked by nobody); an item whose answer waits stays as it is in this.
UPDATE hkpost.mail_item AS item
SET state = loaded.state,
    closed_at = loaded.closed_at,
    close_reason = loaded.close_reason,
    api_status = loaded.api_status,
    api_message = loaded.api_message,
    milestone_code = loaded.milestone_code,
    milestone_e = loaded.milestone_e,
    milestone_c = loaded.milestone_c,
    milestone_s = loaded.milestone_s,
    posted_at_local = loaded.posted_at_local,
    drop_off_point_e = loaded.drop_off_point_e,
    drop_off_point_c = loaded.drop_off_point_c,
    drop_off_point_s = loaded.drop_off_point_s,
    origin_country = loaded.origin_country,
    origin_iso = loaded.origin_iso,
    destination_country = loaded.destination_country,
    destination_iso = loaded.destination_iso,
    first_event_at = loaded.first_event_at,
    last_event_at = loaded.last_event_at,
    event_count = loaded.event_count,
    delivered_at = loaded.delivered_at,
    last_polled_at = loaded.last_polled_at,
    last_answered_at = loaded.last_answered_at,
    last_changed_at = loaded.last_changed_at,
    poll_count = loaded.poll_count,
    content_hash = loaded.content_hash,
    next_poll_at = CASE
        WHEN item.pending_call_id IS NULL AND item.state <> loaded.state AND NOT (item.is_open AND loaded.is_open)
            THEN NULL
        ELSE item.next_poll_at
    END
FROM loaded_item AS loaded
WHERE item.item_no = loaded.item_no;
