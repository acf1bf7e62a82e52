-- One day's loaded answers in the order in which they came. Only `answered` requests had anything to load; a
-- request that is no longer in the ledger leaves outcome and item_nos null.
SELECT answer.call_id, answer.received_at, answer.loaded_at, answer.account, answer.body, answer.content_type,
       call.item_nos
FROM hkpost.raw_response AS answer
LEFT JOIN hkpost.api_call AS call
  ON call.call_id = answer.call_id
 AND call.sent_at > CAST(:day AS timestamptz) - interval '1 day'
 AND call.sent_at < CAST(:day AS timestamptz) + interval '2 days'
WHERE answer.received_at >= :day AND answer.received_at < CAST(:day AS timestamptz) + interval '1 day'
  AND (CAST(:since AS timestamptz) IS NULL OR answer.received_at >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR answer.received_at <= :until)
  AND answer.loaded_at IS NOT NULL
  AND coalesce(call.outcome, 'answered') = 'answered'
  AND (:all_items OR call.item_nos && CAST(:item_nos AS text[]))
ORDER BY answer.received_at, answer.call_id;
