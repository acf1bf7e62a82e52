-- What some runs asked, by run and account; what a stop kept from leaving is no request.
SELECT run_id,
       account,
       min(sent_at) AS first_sent_at,
       max(sent_at) AS last_sent_at,
       count(*) AS requests,
       count(*) FILTER (WHERE outcome = 'answered') AS answered,
       coalesce(sum(item_count) FILTER (WHERE outcome = 'answered'), 0) AS items_asked,
       coalesce(sum(coalesce(items_answered, item_count)) FILTER (WHERE outcome = 'answered'), 0) AS items_answered,
       (array_agg(error ORDER BY sent_at DESC) FILTER (WHERE error IS NOT NULL))[1] AS last_error,
       (array_agg(outcome ORDER BY sent_at DESC) FILTER (WHERE error IS NOT NULL))[1] AS last_outcome
FROM hkpost.api_call
WHERE run_id = ANY(CAST(:run_ids AS text[])) AND outcome <> 'not_sent'
GROUP BY run_id, account
ORDER BY min(sent_at) DESC;
