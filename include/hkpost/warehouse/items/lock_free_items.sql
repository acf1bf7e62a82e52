-- The items of a replay that no other transaction holds at this moment: a replay that holds items never waits.
SELECT item_no
FROM hkpost.mail_item
WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
ORDER BY item_no
FOR NO KEY UPDATE SKIP LOCKED;
