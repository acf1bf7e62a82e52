-- Archived answers that wait to be loaded, in the order in which they came, with the items asked about.
-- :call_id, unless null, leaves out all other answers.
SELECT answer.call_id, answer.received_at, answer.account, answer.body, answer.content_type, call.item_nos
FROM hkpost.raw_response AS answer
-- A look-up for each: joined as a whole, the ledger is read as a whole.
LEFT JOIN LATERAL (
    SELECT item_nos FROM hkpost.api_call WHERE api_call.call_id = answer.call_id LIMIT 1
) AS call ON true
WHERE answer.loaded_at IS NULL
  AND (CAST(:call_id AS bigint) IS NULL OR answer.call_id = :call_id)
ORDER BY answer.received_at, answer.call_id
LIMIT :at_most;
