-- What a person must act on now, by the limits in hkpost.setting (0 means never).
-- :accounts is a JSON array of {"account", "quota" (requests a day for scheduled runs), "zone" (of the quota's day)}.
WITH limits AS (
    SELECT max(value::integer) FILTER (WHERE name = 'alert_failures_in_a_row') AS failures,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'alert_quota_hours_left')) AS of_the_day,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'alert_stale_hours')) AS stale,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'alert_set_aside_hours')) AS set_aside,
           max(value::integer) FILTER (WHERE name = 'alert_unclassified_percent') AS percent
    FROM hkpost.setting
), account AS (
    SELECT account, quota, zone, (now() AT TIME ZONE zone)::date AS today,
           date_trunc('day', now() AT TIME ZONE zone) + interval '1 day' - (now() AT TIME ZONE zone) AS left_of_today
    FROM jsonb_to_recordset(CAST(:accounts AS jsonb)) AS given (account text, quota integer, zone text)
), latest AS (
    -- The latest requests of each account, as many as make a breaker open.
    SELECT account.account, call.outcome, call.error, call.place
    FROM account, limits
    CROSS JOIN LATERAL (
        SELECT outcome, error, row_number() OVER (ORDER BY sent_at DESC) AS place
        FROM hkpost.api_call
        WHERE api_call.account = account.account AND quota_day >= account.today - 1
          AND outcome NOT IN ('in_flight', 'lost')
        ORDER BY sent_at DESC
        LIMIT greatest(limits.failures, 1)
    ) AS call
), due AS (
    -- Since when the longest waiting item of each account was due at the end of the latest run.
    SELECT account, oldest_due_at AS since
    FROM (
        SELECT DISTINCT ON (account) account, oldest_due_at
        FROM hkpost.freshness_snapshot
        WHERE taken_at > now() - interval '1 day'
        ORDER BY account, taken_at DESC
    ) AS latest_count
    WHERE oldest_due_at IS NOT NULL
)
SELECT 'account_refused' AS name, account,
       'the service refuses the account: ' || coalesce(error, outcome)
           || '. Correct the connection, or ask Hongkong Post' AS message,
       format('SELECT * FROM hkpost.api_call WHERE account = %L ORDER BY sent_at DESC LIMIT 20', account) AS look_with
FROM latest
WHERE place = 1 AND outcome IN ('credential_refused', 'request_refused', 'http_refused')
UNION ALL
SELECT 'breaker_open', account,
       format('the last %s requests all failed, the latest with %s. The service or the way to it is down',
              count(*), max(outcome || coalesce(' (' || error || ')', '')) FILTER (WHERE place = 1)),
       format('SELECT * FROM hkpost.api_call WHERE account = %L ORDER BY sent_at DESC LIMIT 20', account)
FROM latest, limits
WHERE limits.failures > 0
GROUP BY account, limits.failures
HAVING count(*) = limits.failures
   AND bool_and(outcome IN ('rate_limited', 'unavailable', 'timeout', 'interrupted', 'unreachable', 'not_xml',
                            'incomplete', 'soap_fault', 'too_large', 'unknown_status'))
UNION ALL
SELECT 'quota_used_up', account.account,
       format('the requests of %s are used up (%s of %s%s) with %s hours of the day left, and items are due. '
              'Ask Hongkong Post for more, or ask less often (hkpost.poll_policy)',
              account.today, used.requests, account.quota, CASE WHEN used.exhausted THEN ', says the service' END,
              round(extract(epoch FROM account.left_of_today) / 3600, 1)),
       format('SELECT * FROM hkpost.api_quota_day WHERE account = %L ORDER BY quota_day DESC', account.account)
FROM account
JOIN due ON due.account = account.account
CROSS JOIN limits
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE outcome <> 'unreachable') AS requests,
           coalesce(bool_or(outcome = 'quota_exhausted'), false) AS exhausted
    FROM hkpost.api_call
    WHERE api_call.account = account.account AND quota_day = account.today
) AS used
WHERE limits.of_the_day > interval '0' AND account.left_of_today >= limits.of_the_day
  AND (used.exhausted OR used.requests >= account.quota)
UNION ALL
SELECT 'nothing_fresh', due.account,
       format('items are due since %s, and no answer has come for %s hours or more. Look at how its requests ended',
              to_char(due.since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), extract(epoch FROM stale) / 3600),
       format('SELECT * FROM hkpost.mail_item WHERE account = %L AND is_open ORDER BY next_poll_at NULLS FIRST LIMIT 20',
              due.account)
FROM due, limits
WHERE stale > interval '0' AND due.since < now() - stale
  AND NOT EXISTS (
      SELECT FROM hkpost.api_call
      WHERE api_call.account = due.account AND outcome = 'answered' AND sent_at > now() - stale
  )
UNION ALL
SELECT 'set_aside', coalesce(account, ''),
       format('%s answers or items could not be loaded and were set aside, the latest: %s. Everything else goes on. '
              'Remove the cause, then run hkpost_replay',
              count(*), (array_agg(coalesce(item_no || ': ', '') || reason ORDER BY last_at DESC))[1]),
       'SELECT * FROM hkpost.rejected_record WHERE reason LIKE ''set aside, %'' ORDER BY last_at DESC'
FROM hkpost.rejected_record, limits
WHERE set_aside > interval '0' AND last_at > now() - set_aside AND reason LIKE 'set aside, %'
GROUP BY account
UNION ALL
SELECT 'unclassified_events', '',
       format('%s %% of the %s events of the last three days have a wording that nobody has given a meaning. '
              'Add lines to wording.csv', round(100.0 * share.unclassified / share.events, 1), share.events),
       'SELECT * FROM hkpost.unclassified_wording'
FROM limits
CROSS JOIN LATERAL (
    SELECT count(*) AS events, count(*) FILTER (WHERE event_type = 'unclassified') AS unclassified
    FROM hkpost.fact_tracking_event
    WHERE event_date BETWEEN current_date - 3 AND current_date + 1 AND retracted_at IS NULL
) AS share
WHERE percent > 0 AND share.events > 0 AND 100.0 * share.unclassified / share.events > percent
ORDER BY name, account;
