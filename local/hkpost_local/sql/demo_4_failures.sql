-- What was closed without being delivered, what the service knows nothing of, and why.
SELECT state,
       coalesce(close_reason, '(open, asked again)') AS close_reason,
       api_status,
       max(api_message) AS api_message,
       count(*) AS items,
       min(item_no) AS example
  FROM hkpost.mail_item
 WHERE api_status <> 0 OR state IN ('returned', 'exception')
 GROUP BY state, close_reason, api_status
 ORDER BY items DESC;
