-- The promises of the tables, checked after each load. A broken one fails the run; a warning does not.
SELECT 'facts_without_item' AS name, true AS is_broken, count(*) AS found,
       'events of the last hour whose item is not in mail_item' AS meaning,
       'SELECT * FROM hkpost.fact_tracking_event f WHERE NOT EXISTS (SELECT FROM hkpost.mail_item i WHERE i.item_no = f.item_no)' AS look_with
FROM hkpost.tracking_event_change AS change
WHERE change.changed_at > now() - interval '1 hour'
  AND NOT EXISTS (SELECT FROM hkpost.mail_item AS item WHERE item.item_no = change.item_no)
UNION ALL
SELECT 'event_count_differs', true, count(*),
       'items whose event_count is not the number of their current events',
       'SELECT item_no, event_count FROM hkpost.mail_item i WHERE event_count <> (SELECT count(*) FROM hkpost.fact_tracking_event f WHERE f.item_no = i.item_no AND f.retracted_at IS NULL)'
FROM hkpost.mail_item AS item
WHERE item.last_polled_at > now() - interval '1 hour'
  AND event_count <> (
      SELECT count(*) FROM hkpost.fact_tracking_event AS fact
      WHERE fact.item_no = item.item_no AND fact.retracted_at IS NULL
  )
UNION ALL
SELECT 'answer_without_archive', true, count(*),
       'answered requests of the last hour whose answer is not in the archive',
       'SELECT * FROM hkpost.api_call c WHERE outcome = ''answered'' AND NOT EXISTS (SELECT FROM hkpost.raw_response r WHERE r.call_id = c.call_id)'
FROM hkpost.api_call AS call
WHERE call.outcome = 'answered' AND call.sent_at > now() - interval '1 hour'
  AND NOT EXISTS (
      SELECT FROM hkpost.raw_response AS answer
      WHERE answer.call_id = call.call_id AND answer.received_at > now() - interval '2 hours'
  )
UNION ALL
SELECT 'closed_without_reason', true, count(*),
       'closed items without closed_at and close_reason',
       'SELECT * FROM hkpost.mail_item WHERE NOT is_open AND closed_at IS NULL'
FROM hkpost.mail_item
WHERE NOT is_open AND closed_at IS NULL AND state <> 'cancelled'
UNION ALL
SELECT 'unclassified_wordings', false, count(*),
       'wordings whose meaning is not in the ledger',
       'SELECT * FROM hkpost.unclassified_wording'
FROM hkpost.dim_wording
WHERE event_type = 'unclassified'
UNION ALL
SELECT 'events_in_the_future', false, count(*),
       'current events that lie more than a day ahead',
       'SELECT * FROM hkpost.tracking_event WHERE event_time > now() + interval ''1 day'''
FROM hkpost.fact_tracking_event
WHERE event_date > current_date + 1 AND event_time > now() + interval '1 day' AND retracted_at IS NULL;
