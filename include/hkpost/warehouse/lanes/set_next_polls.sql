-- When items are asked again, where asking pays then: never before now. What others hold is theirs, and so is what was
-- asked, made due or postponed since it was read.
WITH planned AS MATERIALIZED (
    SELECT item.item_no, greatest(to_timestamp(made.next_poll_at), now()) AS next_poll_at
    FROM made_forecast AS made
    JOIN hkpost.mail_item AS item USING (item_no)
    WHERE made.next_poll_at IS NOT NULL AND item.is_open AND item.closed_at IS NULL AND item.pending_call_id IS NULL
      AND item.last_polled_at = item.last_answered_at AND item.last_answered_at = to_timestamp(made.known_until)
      AND isfinite(item.next_poll_at)
    ORDER BY item.item_no
    FOR NO KEY UPDATE OF item SKIP LOCKED
)
UPDATE hkpost.mail_item AS item
SET next_poll_at = planned.next_poll_at
FROM planned
WHERE item.item_no = planned.item_no;
