-- An item on which the service fails while it answers about others stays due, behind all that are due already.
UPDATE hkpost.mail_item
SET next_poll_at = now()
WHERE item_no = ANY(CAST(:item_nos AS varchar[])) AND pending_call_id IS NULL
  AND (next_poll_at IS NULL OR next_poll_at <= now());
