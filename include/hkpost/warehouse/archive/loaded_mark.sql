-- No answer that was received before this instant is loaded later than now.
SELECT coalesce(min(received_at), clock_timestamp()) AS mark
FROM hkpost.raw_response
WHERE loaded_at IS NULL;
