-- What a replay could not use, and no load has noted: to replay it again is not to meet it again.
INSERT INTO hkpost.rejected_record (
    rejected_at, last_at, source, account, item_no, call_id, reason, reason_code, reason_values, raw_fragment, times
)
SELECT now(), now(), source, min(account), item_no, max(call_id), reason, min(reason_code), min(reason_values),
       raw_fragment, sum(times)
FROM loaded_reject AS found
WHERE NOT EXISTS (
    SELECT FROM hkpost.rejected_record AS known
    WHERE coalesce(known.item_no, known.call_id::text, '') = coalesce(found.item_no, found.call_id::text, '')
      AND known.item_no IS NOT DISTINCT FROM found.item_no
      AND known.source = found.source AND known.reason = found.reason
      AND known.raw_fragment IS NOT DISTINCT FROM found.raw_fragment
)
GROUP BY source, item_no, reason, raw_fragment, coalesce(item_no, call_id::text, '')
ORDER BY min(place);
