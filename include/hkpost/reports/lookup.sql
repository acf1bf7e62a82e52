-- The items with one of these numbers or order references, or whose number begins so: exact ones first.
-- The bounds of the prefix are for the index: in any collation, what begins with it lies between them.
SELECT item_no, source_ref
FROM hkpost.mail_item
WHERE item_no = ANY (CAST(:item_nos AS varchar[]))
   OR source_ref = ANY (CAST(:source_refs AS text[]))
   OR (item_no >= CAST(:prefix AS text) AND item_no <= CAST(:prefix AS text) || 'ZZZZZZZZZZZZZ'
       AND starts_with(item_no, CAST(:prefix AS text)))
ORDER BY item_no = ANY (CAST(:item_nos AS varchar[])) DESC, last_event_at DESC NULLS LAST, item_no
LIMIT :at_most;
