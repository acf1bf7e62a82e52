-- The demo does not wait the hours until items are due again: it makes due what is open, and the confirming look at
-- what was delivered within the last days.
UPDATE hkpost.mail_item
   SET next_poll_at = now()
 WHERE pending_call_id IS NULL
   AND (is_open OR next_poll_at IS NOT NULL AND delivered_at > now() - interval '4 days');
