-- What came of a request. No row when another run has taken the account meanwhile and called the request lost: it
-- asks again, and an answer from before must not be taken for the latest. :even_lost where nothing follows of it.
UPDATE hkpost.api_call
SET outcome = :outcome, http_status = :http_status, api_status = :api_status,
    latency_ms = :latency_ms, error = :error, items_answered = :items_answered
WHERE call_id = :call_id AND sent_at = :sent_at
  AND (outcome = 'in_flight' OR (:even_lost AND outcome = 'lost'));
