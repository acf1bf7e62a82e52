-- A number of the business that cannot be asked, noted once however often its query gives it.
INSERT INTO hkpost.rejected_record (rejected_at, source, account, item_no, reason, raw_fragment)
SELECT now(), 'open_items', :account, :item_no, :reason, :raw_fragment
WHERE NOT EXISTS (
    SELECT FROM hkpost.rejected_record
    WHERE source = 'open_items' AND item_no = :item_no AND reason = :reason
);
