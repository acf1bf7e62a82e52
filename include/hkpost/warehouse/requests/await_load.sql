-- Items whose answer is archived are not asked again before it is loaded; loading sets both columns again.
-- Where they were urgent, the answer is there.
WITH answered AS (
    DELETE FROM hkpost.wanted_item WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
)
UPDATE hkpost.mail_item
SET pending_call_id = :call_id, next_poll_at = 'infinity'
WHERE item_no = ANY(CAST(:item_nos AS varchar[]));
