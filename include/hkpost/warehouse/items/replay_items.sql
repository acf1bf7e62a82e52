-- The items of one bucket of a replay: each item is in one, by a hash of its number.
SELECT item_no
FROM hkpost.mail_item
WHERE item_no ~ '^[A-Z0-9]{1,13}$'
  AND (CAST(:account AS text) IS NULL OR account = :account)
  AND (:all_items OR item_no = ANY(CAST(:item_nos AS varchar[])))
  AND mod(hashtextextended(item_no, 0) & 9223372036854775807, CAST(:buckets AS bigint)) = :bucket
ORDER BY item_no;
