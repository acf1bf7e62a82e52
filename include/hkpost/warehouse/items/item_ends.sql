-- Where some items stand, those that are registered.
SELECT item_no, state, is_open
FROM hkpost.mail_item
WHERE item_no = ANY(CAST(:item_nos AS text[]))
ORDER BY item_no;
