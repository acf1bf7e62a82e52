-- What came of a request.
UPDATE hkpost.api_call
SET outcome = :outcome, http_status = :http_status, api_status = :api_status,
    latency_ms = :latency_ms, error = :error
WHERE call_id = :call_id AND sent_at = :sent_at;
