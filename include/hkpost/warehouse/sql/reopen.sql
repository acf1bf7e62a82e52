-- Items that a person reopened (UPDATE hkpost.mail_item SET state = 'in_transit' …) are due, as if never closed.
WITH reopened AS (
    UPDATE hkpost.mail_item
    SET closed_at = NULL, close_reason = NULL, api_status = NULL, api_message = NULL, content_hash = NULL,
        next_poll_at = NULL
    WHERE is_open AND closed_at IS NOT NULL
    RETURNING item_no, state
), recorded AS (
    INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause)
    SELECT reopened.item_no, now(), last.to_state, reopened.state, 'person'
    FROM reopened
    LEFT JOIN LATERAL (
        SELECT change.to_state
        FROM hkpost.item_state_change AS change
        WHERE change.item_no = reopened.item_no
        ORDER BY change.changed_at DESC
        LIMIT 1
    ) AS last ON true
)
SELECT item_no FROM reopened;
