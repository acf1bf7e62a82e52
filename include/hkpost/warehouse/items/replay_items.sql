-- The items of one bucket of a replay: a range of numbers.
SELECT item_no
FROM hkpost.mail_item
WHERE item_no > :above
  AND (CAST(:up_to AS varchar) IS NULL OR item_no <= :up_to)
  AND item_no ~ '^[A-Z0-9]{1,13}$'
  AND (CAST(:account AS text) IS NULL OR account = :account)
  AND (:all_items OR item_no = ANY(CAST(:item_nos AS varchar[])))
ORDER BY item_no;
