-- Items that a person reopened (UPDATE hkpost.mail_item SET state = an open state): they are due at once, and
-- nothing that was said of them before is taken for granted.
WITH reopened AS (
    UPDATE hkpost.mail_item
    SET closed_at = NULL, close_reason = NULL, api_status = NULL, api_message = NULL,
        content_hash = NULL, next_poll_at = NULL
    WHERE is_open AND closed_at IS NOT NULL
      -- The planner takes such items for common, though hardly any is. Asked by index alone and in no order, they
      -- come from their own small one: it must not be tempted to go through all items in their order. Should there
      -- be more than the limit, the next load takes the rest.
      AND item_no = ANY (ARRAY(
          SELECT item_no FROM hkpost.mail_item
          WHERE is_open AND closed_at IS NOT NULL
          LIMIT 10000
      ))
    RETURNING item_no, state
), journey AS (
    UPDATE hkpost.item_journey AS journey
    SET state = reopened.state
    FROM reopened
    WHERE journey.item_no = reopened.item_no
), noted AS (
    INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause)
    SELECT reopened.item_no, clock_timestamp(), (
               SELECT last.to_state
               FROM hkpost.item_state_change AS last
               WHERE last.item_no = reopened.item_no
               ORDER BY last.changed_at DESC
               LIMIT 1
           ), reopened.state, 'person'
    FROM reopened
    ON CONFLICT DO NOTHING
)
SELECT count(*) AS reopened FROM reopened;
