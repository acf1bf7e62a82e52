-- The facts. A key need only be its item's own, so it is the original's, which keeps the order among equal times.
INSERT INTO hkpost.fact_tracking_event
    (item_no, event_key, event_date, event_time_local, event_time_text, event_time, time_zone, time_precision,
     location_code, country_iso, place_id, text_id, text_params, event_type, wording_id, event_code,
     sequence_no, report_no, first_seen_at, retracted_at, call_id)
SELECT copied.item_no, event.event_key,
       coalesce((event.event_time_local + copied.shift)::date, event.event_date),
       event.event_time_local + copied.shift,
       coalesce(to_char(event.event_time_local + copied.shift, 'DD-MM-YYYY HH24:MI'), event.event_time_text),
       (event.event_time_local + copied.shift) AT TIME ZONE event.time_zone,
       event.time_zone, event.time_precision, event.location_code, event.country_iso, event.place_id, event.text_id,
       CASE WHEN event.text_params IS NOT NULL THEN
           array_replace(
               array_replace(
                   array_replace(event.text_params, copied.original::text, copied.item_no),
                   event.english, to_char(named.day, 'DD-Mon-YYYY')),
               event.chinese, to_char(named.day, 'FMYYYY"年"FMMM"月"FMDD"日"'))
       END,
       event.event_type, event.wording_id, event.event_code, event.sequence_no, event.report_no,
       event.first_seen_at + copied.shift, event.retracted_at + copied.shift, copied.call_id
FROM copied
JOIN bench.original_event AS event ON event.item_no = copied.original
CROSS JOIN LATERAL (
    SELECT ((event.event_time_local + copied.shift)::date + event.named_after_days)::timestamp AS day
) AS named;
