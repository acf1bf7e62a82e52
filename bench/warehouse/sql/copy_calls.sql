-- The ledger of the last 400 days: for each thirty copies the first request about them and the last one.
INSERT INTO hkpost.api_call
    (call_id, account, run_id, sent_at, quota_day, lang, latency_ms, item_count, item_nos, http_status, api_status,
     outcome, fence)
SELECT call.call_id, call.account, 'generated', call.sent_at, (call.sent_at AT TIME ZONE 'Asia/Hong_Kong')::date,
       'A', 250 + (hashint8(call.call_id) & 255), cardinality(call.item_nos), call.item_nos, 200, 0, 'answered', 0
FROM (
    SELECT copied.call_id + which AS call_id, min(item.account) AS account,
           array_agg(item.item_no::text ORDER BY copied.copy_no) AS item_nos,
           least(CASE which WHEN 0 THEN min(item.registered_at) + interval '1 day' ELSE max(item.last_polled_at) END,
                 now() - interval '3 hours') AS sent_at
    FROM copied
    JOIN hkpost.mail_item AS item ON item.item_no = copied.item_no
    CROSS JOIN generate_series(0, 1) AS which
    GROUP BY copied.call_id + which, which
) AS call
WHERE call.sent_at > now() - interval '400 days';
