-- An item that the service refuses as invalid input (9998) keeps its state and is asked again a day later, unless
-- it is closed and only a person asked. Where it was urgent, the answer is there.
WITH answered AS (
    DELETE FROM hkpost.wanted_item WHERE item_no = :item_no
)
UPDATE hkpost.mail_item
SET next_poll_at = CASE WHEN is_open OR next_poll_at IS NOT NULL THEN now() + interval '1 day' END,
    api_status = 9998, api_message = :reason, last_polled_at = now()
WHERE item_no = :item_no;
