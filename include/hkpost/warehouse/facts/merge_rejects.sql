-- What could not be used: the same of an item (or of an answer, where no item is named) is one row that counts.
WITH found AS (
    SELECT * FROM loaded_reject
), again AS (
    UPDATE hkpost.rejected_record AS known
    SET times = known.times + found.times, last_at = now(), call_id = found.call_id
    FROM (
        -- An item may be in several answers.
        SELECT source, item_no, reason, raw_fragment, coalesce(item_no, call_id::text, '') AS same,
               max(call_id) AS call_id, sum(times) AS times
        FROM found
        GROUP BY source, item_no, reason, raw_fragment, coalesce(item_no, call_id::text, '')
    ) AS found
    WHERE coalesce(known.item_no, known.call_id::text, '') = found.same
      AND known.item_no IS NOT DISTINCT FROM found.item_no
      AND known.source = found.source AND known.reason = found.reason
      AND known.raw_fragment IS NOT DISTINCT FROM found.raw_fragment
    RETURNING known.source, known.item_no, known.call_id, known.reason, known.raw_fragment
)
INSERT INTO hkpost.rejected_record (
    rejected_at, last_at, source, account, item_no, call_id, reason, reason_code, reason_values, raw_fragment, times
)
SELECT now(), now(), source, min(account), item_no, max(call_id), reason, min(reason_code), min(reason_values),
       raw_fragment, sum(times)
FROM found
WHERE NOT EXISTS (
    SELECT FROM again
    WHERE again.source = found.source AND again.reason = found.reason
      AND again.item_no IS NOT DISTINCT FROM found.item_no
      AND (found.item_no IS NOT NULL OR again.call_id = found.call_id)
      AND again.raw_fragment IS NOT DISTINCT FROM found.raw_fragment
)
GROUP BY source, item_no, reason, raw_fragment, coalesce(item_no, call_id::text, '')
ORDER BY min(place);
