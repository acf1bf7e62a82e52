-- The next due items of an account, the most urgent first; null next_poll_at on an open item means due.
-- A delivered item is due once more when its confirming look is. :only, unless null, leaves out all other items.
SELECT item_no
FROM hkpost.mail_item
WHERE account = :account
  AND (is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL))
  AND (next_poll_at IS NULL OR next_poll_at <= now())
  AND pending_call_id IS NULL
  AND item_no ~ '^[A-Z0-9]{1,13}$'
  AND (CAST(:only AS varchar[]) IS NULL OR item_no = ANY(CAST(:only AS varchar[])))
  AND NOT item_no = ANY(CAST(:except AS varchar[]))
ORDER BY priority DESC, next_poll_at NULLS FIRST, item_no
LIMIT :at_most;
