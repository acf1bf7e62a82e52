-- What a list shows of some items, in the order in which they are named.
SELECT item.item_no, item.source_ref, item.state, item.is_open,
       coalesce(item.origin_iso, item.origin_country) AS origin,
       origin.name_e AS origin_e, origin.name_c AS origin_c, origin.name_s AS origin_s,
       place.destination, destination.name_e AS destination_e, destination.name_c AS destination_c,
       destination.name_s AS destination_s, place.service, item.account,
       item.milestone_e, item.milestone_c, item.milestone_s, item.last_event_at,
       CASE WHEN item.is_open THEN
           round(date_part('epoch', now() - coalesce(item.last_event_at, item.registered_at))::numeric / 86400, 1)
       END::double precision AS days_silent,
       CASE WHEN lane.delivered_items >= enough.items THEN lane.p50_days END AS usual_days,
       CASE WHEN lane.delivered_items >= enough.items THEN lane.p90_days END AS usual_p90_days,
       lane.reports AS lane_reports,
       round(date_part('epoch', coalesce(CASE WHEN NOT item.is_open THEN item.closed_at END, now())
           - coalesce(journey.posted_at, item.registered_at))::numeric / 86400, 1)::double precision AS days_open,
       forecast.p50_at AS expected_p50_at, forecast.p90_at AS expected_p90_at, forecast.expects_report,
       coalesce(promise.promised_on, item.promised_on) AS promised_on, promise.status AS promise_status,
       forecast.share_by_promise AS p_by_promise,
       ARRAY(SELECT queue FROM hkpost.queue_item AS queued
             WHERE queued.item_no = item.item_no AND item.is_open ORDER BY queue) AS groups,
       item.registered_at, item.last_polled_at, item.delivered_at, item.closed_at, item.close_reason
FROM unnest(CAST(:item_nos AS varchar[])) WITH ORDINALITY AS named (item_no, place)
JOIN hkpost.mail_item AS item ON item.item_no = named.item_no
LEFT JOIN hkpost.item_journey AS journey ON journey.item_no = item.item_no
CROSS JOIN LATERAL (
    SELECT coalesce(item.destination_iso, item.destination_country, item.destination_expected) AS destination,
           CASE WHEN item.item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(item.item_no, 1) END AS service) AS place
LEFT JOIN hkpost.dim_country AS origin ON origin.country_code = coalesce(item.origin_iso, item.origin_country)
LEFT JOIN hkpost.dim_country AS destination ON destination.country_code = place.destination
LEFT JOIN hkpost.lane_history AS lane
    ON lane.origin = journey.origin AND lane.destination = journey.destination
   AND lane.service = coalesce(journey.service, '')
CROSS JOIN (SELECT value::integer AS items FROM hkpost.setting WHERE name = 'stuck_lane_items') AS enough
LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = item.item_no
LEFT JOIN hkpost.item_promise AS promise ON promise.item_no = item.item_no
ORDER BY named.place;
