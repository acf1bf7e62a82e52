-- An item that the service refuses as invalid input (9998) stays open and is asked again a day later.
UPDATE hkpost.mail_item
SET next_poll_at = now() + interval '1 day', api_status = 9998, api_message = :reason, last_polled_at = now()
WHERE item_no = :item_no;
