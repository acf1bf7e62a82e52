-- Closes the items whose story is over, by rules that a person can read and change here.
WITH rule AS (
    SELECT (SELECT make_interval(days => value::integer) FROM hkpost.setting WHERE name = 'not_found_after_days')
               AS not_found_after,
           (SELECT make_interval(hours => value::integer) FROM hkpost.setting WHERE name = 'confirm_after_hours')
               AS confirm_after
), verdict AS (
    -- The service said so of the item itself.
    SELECT item_no, state AS from_state, CASE api_status
               WHEN 1002 THEN 'invalid_number'
               WHEN 1003 THEN 'expired'
               WHEN 1004 THEN 'not_permitted'
           END AS to_state
    FROM hkpost.mail_item
    WHERE is_open AND closed_at IS NULL AND api_status IN (1002, 1003, 1004)
    UNION ALL
    -- The service does not know the item, long after it was registered or last known.
    SELECT item_no, state, 'not_found'
    FROM hkpost.mail_item, rule
    WHERE is_open AND closed_at IS NULL AND api_status = 1001
      AND greatest(registered_at, last_answered_at) < now() - not_found_after
    UNION ALL
    -- An answer, the business or a person closed it: it lacks its stamp only.
    SELECT item_no, state, state
    FROM hkpost.mail_item
    WHERE NOT is_open
      -- The business may cancel a closed item too.
      AND (closed_at IS NULL OR state = 'cancelled' AND close_reason NOT IN ('cancelled', 'duplicate'))
), closed AS (
    UPDATE hkpost.mail_item AS item
    SET state = verdict.to_state,
        closed_at = now(),
        close_reason = verdict.to_state,
        -- One confirming look at a delivered item, to catch late and corrected events; no request else.
        next_poll_at = CASE
            WHEN verdict.to_state = 'delivered' AND confirm_after > interval '0' THEN now() + confirm_after
        END
    FROM verdict, rule
    WHERE item.item_no = verdict.item_no
      -- The item was not changed meanwhile.
      AND item.state = verdict.from_state
      AND (item.closed_at IS NULL OR item.state = 'cancelled' AND item.close_reason NOT IN ('cancelled', 'duplicate'))
    RETURNING item.item_no, item.close_reason, verdict.from_state, verdict.to_state
), journey AS (
    UPDATE hkpost.item_journey AS journey
    SET state = closed.to_state
    FROM closed
    WHERE journey.item_no = closed.item_no AND journey.state <> closed.to_state
), reported AS MATERIALIZED (
    -- What was noted of each last: each change begins where the one before ended.
    SELECT closed.*, last.to_state AS noted_state, clock.now_at
    FROM closed
    CROSS JOIN (SELECT clock_timestamp() AS now_at) AS clock
    LEFT JOIN LATERAL (
        SELECT known.to_state
        FROM hkpost.item_state_change AS known
        WHERE known.item_no = closed.item_no
        ORDER BY known.changed_at DESC
        LIMIT 1
    ) AS last ON true
), noted AS (
    INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause)
    -- A person went from one open state to another before the rule closed it.
    SELECT item_no, now_at - interval '1 microsecond', noted_state, from_state, 'person'
    FROM reported
    WHERE from_state <> to_state AND noted_state <> from_state
    UNION ALL
    SELECT item_no, now_at, CASE WHEN from_state = to_state THEN noted_state ELSE from_state END, to_state,
           CASE WHEN from_state = to_state THEN 'person' ELSE 'rule' END
    FROM reported
    -- The change to delivered or returned was noted when the answer was loaded.
    WHERE noted_state IS DISTINCT FROM to_state
    ON CONFLICT DO NOTHING
)
SELECT close_reason, count(*) AS items
FROM closed
GROUP BY close_reason
ORDER BY close_reason;
