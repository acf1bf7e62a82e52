-- The items that were asked about, held until the end of the transaction, in one order in every transaction: what tells
-- whether an answer says anything new of them, and when they are asked again.
-- An instant that no calendar of a program has (a time zone may move it by a day) is none.
SELECT item_no, state, closed_at, CASE WHEN registered_at BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00'
            THEN registered_at END AS registered_at,
       last_changed_at, last_answered_at, last_event_at, api_status, content_hash
FROM hkpost.mail_item
WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
ORDER BY item_no
FOR NO KEY UPDATE;
