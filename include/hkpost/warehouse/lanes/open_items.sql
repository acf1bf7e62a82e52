-- How many items have a forecast, and how many accounts ask about them.
SELECT count(*) AS items, count(DISTINCT item.account) AS accounts
FROM hkpost.item_forecast
JOIN hkpost.mail_item AS item USING (item_no)
WHERE item.is_open;
