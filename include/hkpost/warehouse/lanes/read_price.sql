-- The price that holds; null: too little is known.
SELECT price_hours FROM hkpost.polling_price ORDER BY made_at DESC LIMIT 1;
