-- How many items a replay goes over.
SELECT count(*)
FROM hkpost.mail_item
WHERE item_no ~ '^[A-Z0-9]{1,13}$'
  AND (CAST(:account AS text) IS NULL OR account = :account)
  AND (:all_items OR item_no = ANY(CAST(:item_nos AS varchar[])));
