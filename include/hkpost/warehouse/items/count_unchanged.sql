-- Items whose answer reads as the one before: all that is noted is that they were asked about, and when they are
-- asked again.
UPDATE hkpost.mail_item AS item
SET last_polled_at = polled.received_at,
    last_answered_at = polled.received_at,
    next_poll_at = polled.next_poll_at,
    poll_count = item.poll_count + 1,
    pending_call_id = NULL
FROM unnest(CAST(:item_nos AS varchar[]), CAST(:received_at AS timestamptz[]), CAST(:next_poll_at AS timestamptz[]))
         AS polled (item_no, received_at, next_poll_at)
WHERE item.item_no = polled.item_no;
