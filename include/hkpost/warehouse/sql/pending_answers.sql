-- Archived answers that wait to be loaded, in the order in which they came, with the items asked about.
SELECT answer.call_id, answer.received_at, answer.account, answer.body, answer.content_type, call.item_nos
FROM hkpost.raw_response AS answer
LEFT JOIN hkpost.api_call AS call ON call.call_id = answer.call_id
WHERE answer.loaded_at IS NULL
ORDER BY answer.received_at, answer.call_id
LIMIT :at_most;
