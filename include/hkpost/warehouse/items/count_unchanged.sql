-- Items whose answer reads as the one before: all that is noted is that they were asked about, and when they are
-- asked again; in the journey, until which day the item was followed: once a day.
WITH polled AS MATERIALIZED (
    SELECT polled.*, item.last_answered_at
    FROM unnest(CAST(:item_nos AS varchar[]), CAST(:received_at AS timestamptz[]), CAST(:next_poll_at AS timestamptz[]))
             AS polled (item_no, received_at, next_poll_at)
    JOIN hkpost.mail_item AS item USING (item_no)
), journey AS (
    UPDATE hkpost.item_journey AS journey
    SET answered_on = (polled.received_at AT TIME ZONE 'Asia/Hong_Kong')::date
    FROM polled
    WHERE journey.item_no = polled.item_no
      AND (polled.last_answered_at AT TIME ZONE 'Asia/Hong_Kong')::date
          IS DISTINCT FROM (polled.received_at AT TIME ZONE 'Asia/Hong_Kong')::date
)
UPDATE hkpost.mail_item AS item
SET last_polled_at = polled.received_at,
    last_answered_at = polled.received_at,
    next_poll_at = polled.next_poll_at,
    poll_count = item.poll_count + 1,
    pending_call_id = NULL
FROM polled
WHERE item.item_no = polled.item_no;
