-- The last item of each bucket of a replay: ranges of numbers with as many items each.
SELECT max(item_no)
FROM (
    SELECT item_no, ntile(CAST(:buckets AS integer)) OVER (ORDER BY item_no) AS bucket
    FROM hkpost.mail_item
    WHERE item_no ~ '^[A-Z0-9]{1,13}$'
      AND (CAST(:account AS text) IS NULL OR account = :account)
      AND (:all_items OR item_no = ANY(CAST(:item_nos AS varchar[])))
) AS item
GROUP BY bucket
ORDER BY bucket;
