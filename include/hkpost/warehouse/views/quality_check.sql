-- The promises of the tables, checked after each load: a check has found something when found > allowed.
-- An invariant that does not hold fails the run; the others are warnings. Each check is cheap at any size: it
-- reads what the last hour brought, of the newest 50 answers' items at most, or an index that is small.

CREATE OR REPLACE VIEW hkpost.quality_check AS
WITH rule AS (
    SELECT max(value::integer) FILTER (WHERE name = 'unclassified_percent') AS unclassified_percent,
           max(value::integer) FILTER (WHERE name = 'shrunk_histories_percent') AS shrunk_percent,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'future_event_hours')) AS future,
           make_interval(hours => max(value::integer) FILTER (WHERE name = 'fresh_within_hours')) AS fresh
      FROM hkpost.setting
), newest AS (
    SELECT DISTINCT asked.item_no::varchar(13) AS item_no
      FROM (SELECT call_id
              FROM hkpost.raw_response
             WHERE received_at > now() - interval '1 hour' AND loaded_at IS NOT NULL
             ORDER BY received_at DESC
             LIMIT 50) AS answer
      JOIN hkpost.api_call AS call ON call.call_id = answer.call_id AND call.sent_at > now() - interval '1 day'
     CROSS JOIN unnest(call.item_nos) AS asked(item_no)
), newest_event AS (
    SELECT count(*) FILTER (WHERE fact.event_type = 'unclassified') AS unclassified, count(*) AS events
      FROM newest
      JOIN hkpost.fact_tracking_event AS fact ON fact.item_no = newest.item_no AND fact.retracted_at IS NULL
), shrunk AS (
    SELECT count(*) FILTER (WHERE lost AND NOT gained) AS items, count(*) AS changed
      FROM (SELECT bool_or(change = 'retracted') AS lost, bool_or(change <> 'retracted') AS gained
              FROM newest
              JOIN hkpost.tracking_event_change AS change
                ON change.item_no = newest.item_no AND change.changed_at > now() - interval '1 hour'
             GROUP BY newest.item_no) AS item
), silent AS MATERIALIZED (
    SELECT account, unanswered_since
      FROM hkpost.account_answer, rule
     WHERE coalesce(last_answer_at, '-infinity') < now() - rule.fresh
)
SELECT 'facts_without_item'::text AS name, true AS is_invariant, count(*) AS found, 0::bigint AS allowed,
       'items of the newest answers that have events and no row in mail_item'::text AS meaning,
       'SELECT * FROM hkpost.fact_tracking_event f WHERE NOT EXISTS (SELECT FROM hkpost.mail_item i WHERE i.item_no = f.item_no)'::text
           AS look_with
  FROM newest
 WHERE NOT EXISTS (SELECT FROM hkpost.mail_item AS item WHERE item.item_no = newest.item_no)
   AND EXISTS (SELECT FROM hkpost.fact_tracking_event AS fact WHERE fact.item_no = newest.item_no)
UNION ALL
SELECT 'event_count_differs', true, count(*), 0,
       'items of the newest answers whose event_count is not the number of their current events',
       'SELECT item_no, event_count FROM hkpost.mail_item i WHERE event_count <> (SELECT count(*) FROM hkpost.fact_tracking_event f WHERE f.item_no = i.item_no AND f.retracted_at IS NULL)'
  FROM newest
  JOIN hkpost.mail_item AS item USING (item_no)
 WHERE item.event_count <> (
       SELECT count(*) FROM hkpost.fact_tracking_event AS fact
        WHERE fact.item_no = item.item_no AND fact.retracted_at IS NULL)
UNION ALL
SELECT 'journey_differs', true, count(*), 0,
       'items of the newest answers whose row in item_journey is missing or older than the item',
       'SELECT i.item_no, i.last_event_at, j.last_event_at AS in_journey FROM hkpost.mail_item i LEFT JOIN hkpost.item_journey j USING (item_no) WHERE i.last_answered_at IS NOT NULL AND (j.item_no IS NULL OR (j.last_event_at, j.delivered_at) IS DISTINCT FROM (i.last_event_at, i.delivered_at))'
  FROM newest
  JOIN hkpost.mail_item AS item USING (item_no)
  LEFT JOIN hkpost.item_journey AS journey USING (item_no)
 -- An item of which the service has never known anything has no way.
 WHERE item.last_answered_at IS NOT NULL
   AND (journey.item_no IS NULL
        OR (journey.last_event_at, journey.delivered_at) IS DISTINCT FROM (item.last_event_at, item.delivered_at))
UNION ALL
SELECT 'answer_without_archive', true, count(*), 0,
       'answered requests of the last hour whose answer is not in the archive',
       'SELECT * FROM hkpost.api_call c WHERE outcome = ''answered'' AND sent_at > now() - interval ''1 day'' AND NOT EXISTS (SELECT FROM hkpost.raw_response r WHERE r.call_id = c.call_id)'
  FROM hkpost.api_call AS call
 WHERE call.quota_day >= current_date - 2 AND call.sent_at > now() - interval '1 hour'
   AND call.outcome = 'answered'
   AND NOT EXISTS (
       SELECT FROM hkpost.raw_response AS answer
        WHERE answer.call_id = call.call_id AND answer.received_at > now() - interval '2 hours')
UNION ALL
SELECT 'archive_without_request', true, count(*), 0,
       'answers of the last hour whose request is not in the ledger',
       'SELECT call_id, received_at, account FROM hkpost.raw_response r WHERE received_at > now() - interval ''1 day'' AND NOT EXISTS (SELECT FROM hkpost.api_call c WHERE c.call_id = r.call_id)'
  FROM hkpost.raw_response AS answer
 WHERE answer.received_at > now() - interval '1 hour'
   AND NOT EXISTS (
       SELECT FROM hkpost.api_call AS call
        WHERE call.call_id = answer.call_id AND call.sent_at > now() - interval '1 day')
UNION ALL
SELECT 'waits_for_no_answer', true, count(*), 0,
       'items that wait for an answer to be loaded, and none waits: they would never be asked again',
       'SELECT item_no, pending_call_id FROM hkpost.mail_item WHERE pending_call_id IS NOT NULL AND pending_call_id NOT IN (SELECT call_id FROM hkpost.raw_response WHERE loaded_at IS NULL)'
  FROM hkpost.mail_item
 WHERE pending_call_id IS NOT NULL
   AND pending_call_id NOT IN (SELECT call_id FROM hkpost.raw_response WHERE loaded_at IS NULL)
UNION ALL
-- What a load closes beside this run is stamped by its own mark_terminal.
SELECT 'closed_without_reason', true, count(*), 0,
       'items that were closed more than an hour ago, without closed_at and close_reason',
       'SELECT * FROM hkpost.mail_item WHERE NOT is_open AND closed_at IS NULL'
  FROM hkpost.mail_item
 WHERE NOT is_open AND closed_at IS NULL AND state <> 'cancelled'
   AND (last_polled_at IS NULL OR last_polled_at < now() - interval '1 hour')
UNION ALL
SELECT 'events_in_the_future', false, count(*), 0,
       'current events that lie further ahead than future_event_hours',
       'SELECT * FROM hkpost.tracking_event WHERE event_date > current_date AND event_time > now()'
  FROM hkpost.fact_tracking_event, rule
 WHERE event_date > current_date AND event_time > now() + future AND retracted_at IS NULL
UNION ALL
SELECT 'histories_that_shrink', false, items, changed * shrunk_percent / 100,
       'items of the newest answers that lost events and gained none, of those that changed: more than shrunk_histories_percent',
       'SELECT * FROM hkpost.tracking_event_change WHERE change = ''retracted'' AND changed_at > now() - interval ''1 hour'''
  FROM shrunk, rule
UNION ALL
SELECT 'unclassified_events', false, unclassified, events * unclassified_percent / 100,
       'current events of the newest answers'' items that are not classified: more than unclassified_percent',
       'SELECT * FROM hkpost.unclassified_wording'
  FROM newest_event, rule
UNION ALL
SELECT 'unclassified_wordings', false, count(*), 0,
       'wordings whose meaning is not in the ledger',
       'SELECT * FROM hkpost.unclassified_wording'
  FROM hkpost.dim_wording
 WHERE event_type = 'unclassified'
UNION ALL
SELECT 'nothing_fresh', false, sum(items)::bigint, 0,
       'items that are due although the service said nothing of any item of their account for fresh_within_hours',
       'SELECT * FROM hkpost.account_answer'
  FROM (SELECT count(*) AS items
          FROM silent
          JOIN hkpost.mail_item AS item USING (account)
         CROSS JOIN rule
         WHERE item.is_open AND item.pending_call_id IS NULL AND coalesce(item.next_poll_at, now()) <= now()
           -- An item that an answer leaves out is due again after each: how long it was asked about says more.
           AND least(silent.unanswered_since, coalesce(item.next_poll_at, item.registered_at)) < now() - rule.fresh
         UNION ALL
        -- Nothing was ever asked.
        SELECT count(*)
          FROM hkpost.mail_item AS item, rule
         WHERE item.is_open AND coalesce(item.next_poll_at, item.registered_at) < now() - rule.fresh
           AND NOT EXISTS (SELECT FROM hkpost.api_call)) AS waiting
UNION ALL
SELECT 'forecasts_out_of_bounds', false, count(*), 0,
       'lanes of which fewer or more items than eight of ten are delivered between p10_at and p90_at, by coverage_points and beyond chance: do not rely on their forecasts until they have learned',
       'SELECT * FROM hkpost.forecast_quality WHERE is_out_of_bounds'
  FROM hkpost.forecast_quality
 WHERE is_out_of_bounds AND destination <> ''
UNION ALL
-- As counted at the end of the latest run; who has never held a lease has never sent.
SELECT 'accounts_never_asked', false, count(*), 0,
       'accounts that items are due for and that have never asked: they name no connection that may be used, or theirs cannot be (the log of plan says which)',
       'SELECT account, due_items, oldest_due_at FROM hkpost.freshness_snapshot WHERE taken_at = (SELECT max(taken_at) FROM hkpost.freshness_snapshot) AND due_items > 0 AND account NOT IN (SELECT account FROM hkpost.account_lease WHERE fence > 0)'
  FROM hkpost.freshness_snapshot
 WHERE taken_at = (SELECT max(taken_at) FROM hkpost.freshness_snapshot)
   AND due_items > 0
   AND account NOT IN (SELECT account FROM hkpost.account_lease WHERE fence > 0);

COMMENT ON VIEW hkpost.quality_check IS 'The promises of the tables: a check has found something when found > allowed. The task check_quality reads it after each load; SELECT * FROM hkpost.quality_check WHERE found > allowed shows the same.';
COMMENT ON COLUMN hkpost.quality_check.name IS 'Name of the check.';
COMMENT ON COLUMN hkpost.quality_check.is_invariant IS 'True: when it does not hold, the run fails. False: a warning.';
COMMENT ON COLUMN hkpost.quality_check.found IS 'How many were found.';
COMMENT ON COLUMN hkpost.quality_check.allowed IS 'How many are no trouble: 0, or by a share of hkpost.setting.';
COMMENT ON COLUMN hkpost.quality_check.meaning IS 'What is counted.';
COMMENT ON COLUMN hkpost.quality_check.look_with IS 'The query that shows them.';
