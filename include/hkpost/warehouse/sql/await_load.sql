-- Items whose answer is archived are not asked again before it is loaded; loading sets both columns anew.
UPDATE hkpost.mail_item
SET pending_call_id = :call_id, next_poll_at = 'infinity'
WHERE item_no = ANY(CAST(:item_nos AS varchar[]));
