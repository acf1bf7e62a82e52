-- What an account has used of the quota of its current day, and whether the service said it was used up.
-- A request that never reached the service does not count.
SELECT (now() AT TIME ZONE :quota_timezone)::date AS quota_day,
       count(*) FILTER (WHERE outcome NOT IN ('unreachable', 'not_sent')) AS used,
       coalesce(bool_or(outcome = 'quota_exhausted'), false) AS exhausted
FROM hkpost.api_call
WHERE account = :account AND quota_day = (now() AT TIME ZONE :quota_timezone)::date;
