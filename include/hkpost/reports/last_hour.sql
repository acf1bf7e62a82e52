-- How many requests an account sent within the last hour, and since when: what the forecast goes by.
SELECT count(*) AS requests, min(sent_at) AS since
FROM hkpost.api_call
WHERE account = :account
  AND quota_day >= (now() AT TIME ZONE :quota_timezone)::date - 1
  AND sent_at > now() - interval '1 hour'
  AND outcome NOT IN ('unreachable', 'not_sent');
