-- Something that could not be used, with the reason in words; the same of an item again is counted.
WITH again AS (
    UPDATE hkpost.rejected_record
    SET times = times + 1, last_at = now(), call_id = :call_id
    WHERE coalesce(item_no, call_id::text, '') = coalesce(CAST(:item_no AS text), CAST(:call_id AS bigint)::text, '')
      AND item_no IS NOT DISTINCT FROM :item_no
      AND source = :source AND reason = :reason
    RETURNING 1
)
INSERT INTO hkpost.rejected_record (source, account, item_no, call_id, reason, reason_code, reason_values, raw_fragment)
SELECT :source, :account, :item_no, :call_id, :reason, :reason_code, :reason_values, :raw_fragment
WHERE NOT EXISTS (SELECT FROM again);
