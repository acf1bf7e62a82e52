-- A sample (one in :one_in) of the open items whose last event has a known time that is not after the last answer. Hours
-- since a Monday's 00:00 by the clock of the country where the next event is expected.
SELECT coalesce(lane.origin, '') AS origin, coalesce(lane.destination, '') AS destination,
       coalesce(lane.service, '') AS service, forecast.last_event, at.clock,
       date_part('epoch', coalesce(item.last_event_at, item.registered_at) AT TIME ZONE at.zone) / 3600 - 96 AS begin,
       date_part('epoch', item.last_answered_at AT TIME ZONE at.zone) / 3600 - 96 AS until,
       item.priority, forecast.share_by_promise,
       forecast.expects_report AND policy.poll_at_least IS NOT NULL AS is_taught,
       date_part('epoch', policy.poll_at_least) / 3600 AS at_least,
       date_part('epoch', policy.poll_at_most) / 3600 AS at_most
FROM hkpost.mail_item AS item
JOIN hkpost.item_forecast AS forecast ON forecast.item_no = item.item_no
JOIN hkpost.item_journey AS lane ON lane.item_no = item.item_no
LEFT JOIN hkpost.poll_policy AS policy ON policy.state = item.state
LEFT JOIN hkpost.dim_event_type AS type ON type.event_type = forecast.last_event
CROSS JOIN LATERAL hkpost.clock_of_news(type.stage, lane.origin, lane.destination) AS at
WHERE item.is_open AND forecast.last_event IS NOT NULL AND hashtext(item.item_no) % :one_in = 0
  AND coalesce(item.last_event_at, item.registered_at) <= item.last_answered_at
  AND isfinite(coalesce(item.last_event_at, item.registered_at));
