-- Closes the items whose story is over, by these rules, and says how many for each reason:
--   the service's last word on an open item was 1002 / 1003 / 1004  -> invalid_number / expired / not_permitted
--   1001 for longer than not_found_after_days                       -> not_found
--   delivered (looked at once more after confirm_after_hours), returned, or closed by somebody's hand: dated
-- A rule by code leaves an item alone that a person has reopened and that was not asked since (closed_at is set).
WITH number AS (
    SELECT max(value::numeric) FILTER (WHERE name = 'not_found_after_days') AS not_found_after_days,
           max(value::numeric) FILTER (WHERE name = 'confirm_after_hours') AS confirm_after_hours
    FROM hkpost.setting
    WHERE name IN ('not_found_after_days', 'confirm_after_hours')
), verdict (api_status, state) AS (
    VALUES (1002, 'invalid_number'), (1003, 'expired'), (1004, 'not_permitted'), (1001, 'not_found')
), over AS (
    SELECT item.item_no, item.state AS from_state, verdict.state AS to_state
    FROM hkpost.mail_item AS item
    JOIN verdict USING (api_status)
    CROSS JOIN number
    WHERE item.is_open
      AND item.api_status IN (1001, 1002, 1003, 1004)
      AND item.closed_at IS NULL
      AND (item.api_status <> 1001
           OR greatest(item.registered_at, item.last_answered_at)
              < now() - make_interval(secs => number.not_found_after_days::double precision * 86400))
), closed AS (
    UPDATE hkpost.mail_item AS item
    SET state = over.to_state, closed_at = now(), close_reason = over.to_state, next_poll_at = NULL
    FROM over
    WHERE item.item_no = over.item_no
    RETURNING item.item_no, over.from_state, over.to_state, item.close_reason
), dated AS (
    UPDATE hkpost.mail_item AS item
    SET closed_at = now(),
        close_reason = coalesce(item.close_reason, item.state),
        next_poll_at = CASE
            WHEN item.state = 'delivered'
            THEN now() + make_interval(secs => number.confirm_after_hours::double precision * 3600)
        END
    FROM number
    WHERE NOT item.is_open AND item.closed_at IS NULL
    RETURNING item.item_no, item.state AS to_state, item.close_reason
), recorded AS (
    -- What an answer closed is recorded with that answer; a rule's and a person's doing is recorded here.
    INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause)
    SELECT item_no, now(), from_state, to_state, 'rule' FROM closed
    UNION ALL
    SELECT dated.item_no, now(), last.to_state, dated.to_state, 'person'
    FROM dated
    LEFT JOIN LATERAL (
        SELECT change.to_state
        FROM hkpost.item_state_change AS change
        WHERE change.item_no = dated.item_no
        ORDER BY change.changed_at DESC
        LIMIT 1
    ) AS last ON true
    WHERE last.to_state IS DISTINCT FROM dated.to_state
)
SELECT close_reason, count(*) AS items
FROM (SELECT close_reason FROM closed UNION ALL SELECT close_reason FROM dated) AS done
GROUP BY close_reason
ORDER BY close_reason;
