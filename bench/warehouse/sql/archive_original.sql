-- A request and its answer, as fetching writes them, at an instant of the past.
WITH call AS (
    INSERT INTO hkpost.api_call
        (account, run_id, sent_at, quota_day, lang, latency_ms, item_count, item_nos, http_status, api_status,
         outcome, fence)
    VALUES
        (:account, 'generated', CAST(:asked_at AS timestamptz) - interval '400 ms',
         (CAST(:asked_at AS timestamptz) AT TIME ZONE 'Asia/Hong_Kong')::date, 'A', 400,
         cardinality(CAST(:item_nos AS text[])), CAST(:item_nos AS text[]), 200, 0, 'answered', 0)
    RETURNING call_id
)
INSERT INTO hkpost.raw_response
    (call_id, received_at, account, lang, body, body_size, content_type, credential_blanked)
SELECT call_id, :asked_at, :account, 'A', :body, :body_size, 'text/xml;charset=utf-8', false
FROM call;
