-- Answers about some items that were loaded while their bucket's answers were being read.
SELECT answer.call_id, answer.received_at, answer.loaded_at, answer.account, answer.body, answer.content_type,
       call.item_nos
FROM hkpost.api_call AS call
JOIN hkpost.raw_response AS answer ON answer.call_id = call.call_id
WHERE call.item_nos && CAST(:item_nos AS text[])
  AND call.outcome = 'answered'
  AND call.sent_at >= CAST(:mark AS timestamptz) - interval '1 day'
  AND answer.received_at >= :mark
  AND (CAST(:until AS timestamptz) IS NULL OR answer.received_at <= :until)
  AND answer.loaded_at IS NOT NULL
ORDER BY answer.received_at, answer.call_id;
