-- Requests a minute of the last hours, by account; those that never reached the service are left out.
SELECT account, date_trunc('minute', sent_at) AS minute, count(*) AS requests,
       count(*) FILTER (WHERE outcome NOT IN ('answered', 'in_flight', 'tested', 'test_failed')) AS troubled
FROM hkpost.api_call
WHERE quota_day >= current_date - 2
  AND sent_at > now() - make_interval(hours => :hours)
  AND outcome NOT IN ('unreachable', 'not_sent')
GROUP BY account, date_trunc('minute', sent_at)
ORDER BY minute, account;
