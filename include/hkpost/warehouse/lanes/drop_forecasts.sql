-- What is closed needs no forecast.
DELETE FROM hkpost.item_forecast AS forecast
WHERE NOT EXISTS (SELECT FROM hkpost.mail_item AS item WHERE item.item_no = forecast.item_no AND item.is_open);
