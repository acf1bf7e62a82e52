-- What has been used of the day's quota (100,000 requests unless the connection says otherwise)?
SELECT account,
       quota_day,
       requests_counted,
       items_asked,
       round(items_asked::numeric / nullif(requests_counted, 0), 1) AS items_a_request,
       answered,
       requests_total - answered AS other_outcomes,
       median_latency_ms
  FROM hkpost.api_quota_day
 ORDER BY quota_day DESC, account
 LIMIT 5;
