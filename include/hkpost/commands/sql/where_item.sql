-- Where is one item? (psql: \set item RB123456785HK)
SELECT * FROM hkpost.item_status WHERE item_no = :'item';
