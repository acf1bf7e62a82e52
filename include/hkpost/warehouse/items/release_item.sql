-- An item whose answer was set aside waits no longer: it is due again.
UPDATE hkpost.mail_item
SET pending_call_id = NULL, next_poll_at = now()
WHERE item_no = :item_no AND pending_call_id = :call_id;
