-- The demo does not wait the hours until the open items are due again: it makes them due.
UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open AND pending_call_id IS NULL;
