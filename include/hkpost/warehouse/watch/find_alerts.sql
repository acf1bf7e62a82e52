-- What a person must act on now, by the limits in hkpost.setting (0 means never).
-- :accounts is a JSON array of {"account", "quota" (requests a day for scheduled runs), "zone" (of the quota's day)},
-- :others one of alerts that were found elsewhere. `details` are the values in the message, for a page in another language.
WITH limits AS (
    SELECT max(value::integer) FILTER (WHERE name = 'alert_failures_in_a_row') AS failures,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'alert_quota_hours_left')) AS of_the_day,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'alert_stale_hours')) AS stale,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'alert_set_aside_hours')) AS set_aside,
           max(value::integer) FILTER (WHERE name = 'alert_unclassified_percent') AS unclassified_percent,
           max(value::integer) FILTER (WHERE name = 'alert_unanswered_percent') AS unanswered_percent,
           max(value::integer) FILTER (WHERE name = 'alert_closed_percent') AS closed_percent,
           max(value::integer) FILTER (WHERE name = 'alert_minimum_items') AS minimum_items,
           make_interval(mins => max(value::integer) FILTER (WHERE name = 'alert_run_minutes')) AS run,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'alert_no_run_hours')) AS no_run,
           max(value::integer) FILTER (WHERE name = 'alert_failed_runs') AS failed_runs,
           max(value::integer) FILTER (WHERE name = 'alert_lane_points') AS lane_points,
           max(value::integer) FILTER (WHERE name = 'alert_risk_points') AS risk_points,
           max(value::integer) FILTER (WHERE name = 'minimum_items_of_a_share') AS minimum_share
    FROM hkpost.setting
), account AS (
    SELECT account, quota, zone, (now() AT TIME ZONE zone)::date AS today,
           date_trunc('day', now() AT TIME ZONE zone) + interval '1 day' - (now() AT TIME ZONE zone) AS left_of_today
    FROM jsonb_to_recordset(CAST(:accounts AS jsonb)) AS given (account text, quota integer, zone text)
), latest AS (
    -- The latest requests of each account that came to something, as many as make a breaker open.
    SELECT account.account, call.*
    FROM account, limits
    CROSS JOIN LATERAL (
        SELECT outcome, error, item_count, items_answered, row_number() OVER (ORDER BY sent_at DESC) AS place
        FROM hkpost.api_call
        WHERE api_call.account = account.account AND quota_day >= account.today - 1
          AND outcome NOT IN ('in_flight', 'lost', 'not_sent', 'tested', 'test_failed')
        ORDER BY sent_at DESC
        LIMIT greatest(limits.failures, 1)
    ) AS call
), refused AS (
    -- By the latest request that says whether the service takes the account's requests at all.
    SELECT account.account, call.outcome, call.error
    FROM account
    CROSS JOIN LATERAL (
        SELECT outcome, error
        FROM hkpost.api_call
        WHERE api_call.account = account.account AND quota_day >= account.today - 1
          AND outcome IN ('credential_refused', 'request_refused', 'http_refused',
                          'answered', 'bisected', 'too_many_items', 'invalid_input', 'quota_exhausted')
        ORDER BY sent_at DESC
        LIMIT 1
    ) AS call
    WHERE call.outcome IN ('credential_refused', 'request_refused', 'http_refused')
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
), silent AS MATERIALIZED (
    -- Accounts of which the service has said nothing for long: only their items are looked through.
    SELECT account.account, answer.unanswered_since
    FROM account
    CROSS JOIN limits
    LEFT JOIN hkpost.account_answer AS answer ON answer.account = account.account
    WHERE stale > interval '0' AND coalesce(answer.last_answer_at, '-infinity') < now() - stale
), run AS (
    SELECT run_id, started_at, ended_at, failed_tasks, row_number() OVER (ORDER BY started_at DESC) AS place
    FROM hkpost.run
    WHERE dag_id = CAST(:tracking_dag_id AS text) AND started_at > now() - interval '7 days'
), ended AS (
    -- One that a later one followed was killed, or ran out of time.
    SELECT run_id, started_at, coalesce(failed_tasks, CASE WHEN ended_at IS NULL THEN '' END) AS failed_tasks,
           row_number() OVER (ORDER BY started_at DESC) AS place
    FROM run, limits
    WHERE ended_at IS NOT NULL OR (place > 1 AND started_at < now() - limits.run)
), closing AS (
    -- What one run closed because of what the service said; one of the items says which run had asked.
    SELECT account, closed_at, array_agg(DISTINCT close_reason) AS reasons, count(*) AS items, min(item_no) AS item_no
    FROM hkpost.mail_item
    WHERE close_reason IN ('invalid_number', 'expired', 'not_permitted', 'not_found')
      AND closed_at > now() - interval '1 day' AND NOT is_open AND api_status IN (1001, 1002, 1003, 1004)
    GROUP BY account, closed_at
), mass_closing AS (
    SELECT closing.*, asked.items AS asked
    FROM closing
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(item_count), 0) AS items
        FROM hkpost.api_call
        WHERE api_call.account = closing.account AND outcome = 'answered'
          AND sent_at BETWEEN closing.closed_at - interval '1 day' AND closing.closed_at
          AND run_id = (
              SELECT run_id
              FROM hkpost.api_call
              WHERE item_nos @> ARRAY[closing.item_no::text] AND outcome = 'answered'
                AND sent_at BETWEEN closing.closed_at - interval '1 day' AND closing.closed_at
              ORDER BY sent_at DESC
              LIMIT 1
          )
    ) AS asked
    WHERE closed_percent > 0 AND closing.items >= minimum_items
      AND 100 * closing.items > closed_percent * asked.items
), found AS (
    SELECT name, account, message, look_with, details
    FROM jsonb_to_recordset(CAST(:others AS jsonb))
         AS other (name text, account text, message text, look_with text, details jsonb)
    UNION ALL
    SELECT 'account_refused', account,
           'the service refuses the account: ' || coalesce(error, outcome)
               || '. Correct the connection, or ask Hongkong Post',
           format('SELECT * FROM hkpost.api_call WHERE account = %L ORDER BY sent_at DESC LIMIT 20', account),
           jsonb_build_object('said', error, 'outcome', outcome)
    FROM refused
    UNION ALL
    SELECT 'account_unusable', account, 'nothing can be asked with this account: ' || problem,
           format('SELECT problem, problem_at FROM hkpost.account_lease WHERE account = %L', account), NULL
    FROM account
    JOIN hkpost.account_lease AS lease USING (account)
    WHERE lease.problem IS NOT NULL AND lease.problem_at > now() - interval '1 day'
    UNION ALL
    SELECT 'breaker_open', account,
           format('the last %s requests all failed, the latest with %s. The service or the way to it is down',
                  count(*), max(outcome || coalesce(' (' || error || ')', '')) FILTER (WHERE place = 1)),
           format('SELECT * FROM hkpost.api_call WHERE account = %L ORDER BY sent_at DESC LIMIT 20', account),
           jsonb_build_object('requests', count(*), 'outcome', max(outcome) FILTER (WHERE place = 1),
                              'said', max(error) FILTER (WHERE place = 1))
    FROM latest, limits
    WHERE limits.failures > 0
    GROUP BY account, limits.failures
    HAVING count(*) = limits.failures
       AND bool_and(outcome IN ('rate_limited', 'unavailable', 'timeout', 'interrupted', 'unreachable', 'not_xml',
                                'incomplete', 'soap_fault', 'too_large', 'unknown_status'))
    UNION ALL
    SELECT 'items_unanswered', account,
           format('the service answers without answering: of the %s items in the latest %s answers %s are missing. They '
                  'stay due and are asked about in each run. Ask Hongkong Post: hkpost.raw_response has the answers',
                  sum(item_count), count(*), sum(item_count - items_answered)),
           format('SELECT call_id, sent_at, item_count, items_answered, api_status FROM hkpost.api_call '
                  'WHERE account = %L AND outcome = ''answered'' ORDER BY sent_at DESC LIMIT 20', account),
           jsonb_build_object('items', sum(item_count), 'answers', count(*),
                              'missing', sum(item_count - items_answered))
    FROM latest, limits
    WHERE unanswered_percent > 0 AND outcome = 'answered' AND items_answered IS NOT NULL
    GROUP BY account, unanswered_percent, minimum_items
    HAVING sum(item_count) >= minimum_items
       AND 100 * sum(item_count - items_answered) > unanswered_percent * sum(item_count)
    UNION ALL
    SELECT 'quota_used_up', account.account,
           format('the requests of %s are used up (%s of %s%s) with %s hours of the day left, and items are due. '
                  'Ask Hongkong Post for more, or ask less often (hkpost.poll_policy)',
                  account.today, used.requests, account.quota, CASE WHEN used.exhausted THEN ', says the service' END,
                  round(extract(epoch FROM account.left_of_today) / 3600, 1)),
           format('SELECT * FROM hkpost.api_quota_day WHERE account = %L ORDER BY quota_day DESC', account.account),
           jsonb_build_object('used', used.requests, 'quota', account.quota,
                              'hours', round(extract(epoch FROM account.left_of_today) / 3600, 1))
    FROM account
    JOIN due ON due.account = account.account
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE outcome NOT IN ('unreachable', 'not_sent')) AS requests,
               coalesce(bool_or(outcome = 'quota_exhausted'), false) AS exhausted
        FROM hkpost.api_call
        WHERE api_call.account = account.account AND quota_day = account.today
    ) AS used
    WHERE limits.of_the_day > interval '0' AND account.left_of_today >= limits.of_the_day
      AND (used.exhausted OR used.requests >= account.quota)
    UNION ALL
    SELECT 'nothing_fresh', silent.account,
           format('items are due since %s, and no answer has come for %s hours or more. Look at how its requests ended',
                  to_char(least(unanswered_since, waiting.since) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
                  extract(epoch FROM stale) / 3600),
           format('SELECT * FROM hkpost.mail_item WHERE account = %L AND is_open ORDER BY next_poll_at NULLS FIRST '
                  'LIMIT 20', silent.account),
           jsonb_build_object('since', least(unanswered_since, waiting.since))
    FROM silent
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT min(coalesce(next_poll_at, last_polled_at, registered_at)) AS since
        FROM hkpost.mail_item
        WHERE mail_item.account = silent.account AND is_open AND pending_call_id IS NULL
          AND (next_poll_at IS NULL OR next_poll_at <= now())
    ) AS waiting
    -- An item that an answer leaves out is due again after each: how long it was asked about says more.
    WHERE waiting.since IS NOT NULL AND least(unanswered_since, waiting.since) < now() - stale
    UNION ALL
    SELECT 'set_aside', coalesce(account, ''),
           format('%s answers or items could not be loaded and were set aside, the latest: %s. Everything else goes on. '
                  'Remove the cause, then run hkpost_replay',
                  count(*), (array_agg(coalesce(item_no || ': ', '') || reason ORDER BY last_at DESC))[1]),
           'SELECT * FROM hkpost.rejected_record WHERE reason LIKE ''set aside, %'' ORDER BY last_at DESC',
           jsonb_build_object('items', count(*))
    FROM hkpost.rejected_record, limits
    WHERE set_aside > interval '0' AND last_at > now() - set_aside AND reason LIKE 'set aside, %'
    GROUP BY account
    UNION ALL
    SELECT 'unclassified_events', '',
           format('%s %% of the %s events of the last three days have a wording without a meaning. '
                  'Add lines to wording.csv', round(100.0 * share.unclassified / share.events, 1), share.events),
           'SELECT * FROM hkpost.unclassified_wording',
           jsonb_build_object('percent', round(100.0 * share.unclassified / share.events, 1), 'events', share.events)
    FROM limits
    CROSS JOIN LATERAL (
        SELECT count(*) AS events, count(*) FILTER (WHERE event_type = 'unclassified') AS unclassified
        FROM hkpost.fact_tracking_event
        WHERE event_date BETWEEN current_date - 3 AND current_date + 1 AND retracted_at IS NULL
    ) AS share
    WHERE unclassified_percent > 0 AND share.events > 0
      AND 100.0 * share.unclassified / share.events > unclassified_percent
    UNION ALL
    SELECT 'lanes_worse', '',
           format('%s lanes got worse against their own usual, first %s. Ask the carrier, and tell those who wait',
                  count(DISTINCT (origin, destination, service)),
                  (array_agg(format('%s-%s%s: %s %s, usually %s (%s items)', origin, destination, ' ' || service,
                                    measure, coalesce(lately::text, 'not reached'), usual, items_lately)
                             ORDER BY items_lately DESC, origin, destination, service, measure))[1]),
           'SELECT * FROM hkpost.lane_alert ORDER BY items_lately DESC',
           jsonb_build_object('lanes', count(DISTINCT (origin, destination, service)))
               || (array_agg(jsonb_build_object('origin', origin, 'destination', destination, 'service', service)
                             ORDER BY items_lately DESC, origin, destination, service, measure))[1]
    FROM hkpost.chart_series
    CROSS JOIN LATERAL jsonb_to_recordset(series) AS worsened (
        origin text, destination text, service text, measure text, usual numeric, lately numeric, items_lately bigint)
    WHERE chart = 'lane_alert' AND (SELECT lane_points FROM limits) > 0
    HAVING count(*) > 0
    UNION ALL
    SELECT 'lane_at_risk', '',
           format('promises of %s lanes are at risk more often than in the week before, first %s. Tell those who wait '
                  'before they ask, and ask the carrier', count(*),
                  (array_agg(format('%s-%s %s: %s %% of %s items, before %s %%', origin, destination, service,
                                    round(100 * lately), items, round(100 * usual))
                             ORDER BY lately - usual DESC, origin, destination, service))[1]),
           'SELECT * FROM hkpost.promise_at_risk',
           jsonb_build_object('lanes', count(*))
               || (array_agg(jsonb_build_object('origin', origin, 'destination', destination, 'service', service,
                                                'items', items, 'percent', round(100 * lately),
                                                'before', round(100 * usual))
                             ORDER BY lately - usual DESC, origin, destination, service))[1]
    FROM (
        -- The latest count against the mean of the seven days before it.
        SELECT origin, destination, service, max(items) FILTER (WHERE day = latest) AS items,
               (sum(items_at_risk) FILTER (WHERE day = latest))::numeric / sum(items) FILTER (WHERE day = latest)
                   AS lately,
               (sum(items_at_risk) FILTER (WHERE day < latest))::numeric / sum(items) FILTER (WHERE day < latest)
                   AS usual
        FROM hkpost.lane_risk_day
        CROSS JOIN (SELECT max(day) AS latest FROM hkpost.lane_risk_day) AS counted
        WHERE day >= latest - 7
        GROUP BY 1, 2, 3
    ) AS lane, limits
    WHERE risk_points > 0 AND items >= minimum_share
      -- Beyond what chance explains: two standard deviations of a share.
      AND lately >= usual + risk_points / 100.0 + 2 * sqrt(lately * (1 - lately) / items)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'mass_closing', account,
           format('the service''s answers closed %s of the %s items asked about at once (%s). If the service is wrong, '
                  'this opens them again: %s; the next run asks about them. If it is right, there is nothing to do',
                  items, asked, array_to_string(reasons, ', '), undo),
           format('SELECT * FROM hkpost.mail_item WHERE account = %L AND closed_at >= %L AND close_reason = ANY (%L)',
                  account, since, reasons),
           jsonb_build_object('items', items, 'asked', asked, 'reasons', reasons, 'undo', undo)
    FROM (
        SELECT account, sum(items) AS items, sum(asked) AS asked,
               to_char(min(closed_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00"') AS since,
               ARRAY(SELECT DISTINCT unnest(other.reasons) FROM mass_closing AS other
                     WHERE other.account = mass_closing.account ORDER BY 1) AS reasons
        FROM mass_closing
        GROUP BY account
    ) AS of_account
    CROSS JOIN LATERAL format(
        'UPDATE hkpost.mail_item SET state = CASE WHEN event_count > 0 THEN ''in_transit'' ELSE ''registered'' END '
        'WHERE account = %L AND closed_at >= %L AND close_reason = ANY (%L)', account, since, reasons
    ) AS undo
    UNION ALL
    SELECT 'run_stuck', '',
           format('run %s of %s began at %s and has not ended. Look at it in Airflow: its time limits end '
                  'what hangs, and the next run goes on from there',
                  run_id, CAST(:tracking_dag_id AS text),
                  to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
           'SELECT * FROM hkpost.run ORDER BY started_at DESC LIMIT 20',
           jsonb_build_object('run', run_id, 'since', started_at)
    FROM run, limits
    WHERE limits.run > interval '0' AND place = 1 AND ended_at IS NULL AND started_at < now() - limits.run
    UNION ALL
    SELECT 'run_missing', '',
           format('no run of %s has begun since %s. Is the DAG paused, is the scheduler up, has it room?',
                  CAST(:tracking_dag_id AS text),
                  to_char(latest_run.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
           'SELECT * FROM hkpost.run ORDER BY started_at DESC LIMIT 20',
           jsonb_build_object('since', latest_run.started_at)
    FROM limits
    CROSS JOIN (
        -- Before the first one: since the warehouse was made ready for it.
        SELECT coalesce((SELECT max(started_at) FROM hkpost.run WHERE dag_id = CAST(:tracking_dag_id AS text)), max(applied_at))
                   AS started_at
        FROM hkpost.applied_file
    ) AS latest_run
    WHERE no_run > interval '0' AND latest_run.started_at < now() - no_run
      AND NOT EXISTS (SELECT FROM run WHERE place = 1 AND ended_at IS NULL)
), failed_run AS (
    SELECT max(run_id) FILTER (WHERE place = 1) AS run_id, max(started_at) AS started_at,
           max(failed_tasks) FILTER (WHERE place = 1) AS failed_tasks
    FROM ended, limits
    WHERE place <= limits.failed_runs
    GROUP BY limits.failed_runs
    HAVING count(failed_tasks) = limits.failed_runs
), known AS (
    -- Alerts that say why an account's fetch fails: the run need not say so again, not even when they are over.
    SELECT now() AS seen_at, name FROM found
    UNION ALL
    SELECT seen_at, name FROM hkpost.alert
)
SELECT name, account, message, look_with, details FROM found
UNION ALL
SELECT 'run_failed', '',
       format('run %s of %s, begun at %s, %s',
              run_id, CAST(:tracking_dag_id AS text), to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
              CASE failed_tasks
                  WHEN '' THEN 'never came to its end: it was killed, or a time limit ended it'
                  ELSE 'failed in ' || failed_tasks || ': the task''s log says why'
              END),
       'SELECT * FROM hkpost.run ORDER BY started_at DESC LIMIT 20',
       jsonb_build_object('run', run_id, 'since', started_at, 'tasks', nullif(failed_tasks, ''))
FROM failed_run
WHERE failed_tasks <> 'fetch'
   OR NOT EXISTS (
       SELECT FROM known
       WHERE known.name IN ('account_refused', 'account_unusable', 'breaker_open')
         AND known.seen_at >= failed_run.started_at
   )
ORDER BY name, account;
