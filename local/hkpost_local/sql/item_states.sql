-- Every item with what decides whether it agrees with the service.
SELECT item_no, state, api_status, last_polled_at FROM hkpost.mail_item;
