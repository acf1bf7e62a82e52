-- Answers that wait to be loaded
SELECT count(*) AS answers, min(received_at) AS oldest
FROM hkpost.raw_response
WHERE loaded_at IS NULL;
