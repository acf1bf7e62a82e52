-- The requests that asked about one item, the latest first.
SELECT call_id, sent_at, account, run_id, item_count, outcome, http_status, api_status, latency_ms, error
FROM hkpost.api_call
WHERE item_nos @> ARRAY[CAST(:item_no AS text)]
ORDER BY sent_at DESC
LIMIT 200;
