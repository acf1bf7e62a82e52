-- Which requests asked about one item, the latest first?
SELECT call_id, sent_at, account, item_count, outcome, api_status, http_status, latency_ms, error
  FROM hkpost.api_call
 WHERE item_nos @> ARRAY[:'item']::text[]
 ORDER BY sent_at DESC
 LIMIT 10;
