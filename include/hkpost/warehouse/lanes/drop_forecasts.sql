-- What is closed needs no forecast.
DELETE FROM hkpost.item_forecast AS forecast
USING hkpost.mail_item AS item
WHERE item.item_no = forecast.item_no AND NOT item.is_open;
