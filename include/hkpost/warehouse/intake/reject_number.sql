-- A number that cannot be asked, noted once however often the business's query or a person gives it.
INSERT INTO hkpost.rejected_record (rejected_at, source, account, item_no, reason, reason_code, reason_values, raw_fragment)
SELECT now(), :source, :account, :item_no, :reason, :reason_code, :reason_values, :raw_fragment
WHERE NOT EXISTS (
    SELECT FROM hkpost.rejected_record
    WHERE source = :source AND item_no = :item_no AND reason = :reason
);
