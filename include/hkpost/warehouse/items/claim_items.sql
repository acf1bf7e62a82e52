-- The next due items of an account: those that are urgent for a person, closed ones too, then the most urgent.
-- Null next_poll_at on an open item means due; a delivered item is due once more when its confirming look is.
-- :only, unless null, leaves out all other items.
WITH urgent AS (
    SELECT item_no, priority, next_poll_at
    FROM hkpost.mail_item
    WHERE account = :account
      AND item_no IN (SELECT item_no FROM hkpost.wanted_item)
      AND pending_call_id IS NULL
      AND (CAST(:only AS varchar[]) IS NULL OR item_no = ANY(CAST(:only AS varchar[])))
      AND NOT item_no = ANY(CAST(:except AS varchar[]))
), due AS (
    SELECT item_no, priority, next_poll_at
    FROM hkpost.mail_item
    WHERE account = :account
      AND (is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL))
      AND (next_poll_at IS NULL OR next_poll_at <= now())
      AND pending_call_id IS NULL
      AND item_no ~ '^[A-Z0-9]{1,13}$'
      AND (CAST(:only AS varchar[]) IS NULL OR item_no = ANY(CAST(:only AS varchar[])))
      AND NOT item_no = ANY(CAST(:except AS varchar[]))
      AND NOT EXISTS (SELECT FROM urgent WHERE urgent.item_no = mail_item.item_no)
    ORDER BY priority DESC, next_poll_at NULLS FIRST, item_no
    LIMIT :at_most
)
SELECT item_no
FROM (SELECT 1 AS turn, * FROM urgent UNION ALL SELECT 2, * FROM due) AS claimed
ORDER BY turn, priority DESC, next_poll_at NULLS FIRST, item_no
LIMIT :at_most;
