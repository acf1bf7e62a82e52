-- What a replay could not use, and no load has noted of the same answer.
INSERT INTO hkpost.rejected_record (rejected_at, source, account, item_no, call_id, reason, raw_fragment)
SELECT DISTINCT now(), source, account, item_no, call_id, reason, raw_fragment
FROM replayed_reject AS found
WHERE NOT EXISTS (
    SELECT FROM hkpost.rejected_record AS known
    WHERE known.source = found.source AND known.call_id = found.call_id AND known.reason = found.reason
      AND (known.item_no = found.item_no OR (known.item_no IS NULL AND found.item_no IS NULL))
      AND known.raw_fragment IS NOT DISTINCT FROM found.raw_fragment
);
