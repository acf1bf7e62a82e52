-- How many items of each account are due; :only, unless null, leaves out all other items.
SELECT account, count(*) AS due
FROM hkpost.mail_item
WHERE (is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL))
  AND (next_poll_at IS NULL OR next_poll_at <= now())
  AND pending_call_id IS NULL
  AND item_no ~ '^[A-Z0-9]{1,13}$'
  AND (CAST(:only AS varchar[]) IS NULL OR item_no = ANY(CAST(:only AS varchar[])))
GROUP BY account
ORDER BY account;
