-- New events come in, known ones change where something about them really did. The key, the date, and what
-- the first answer said of its arrival never change.
INSERT INTO hkpost.fact_tracking_event AS known
    (item_no, event_key, event_date, event_time_local, event_time_text, event_time, time_zone, time_precision,
     location_code, country_iso, place_id, text_id, text_params, event_type, wording_id, event_code,
     sequence_no, report_no, first_seen_at, retracted_at, call_id)
SELECT item_no, event_key, event_date, event_time_local, event_time_text, event_time, time_zone, time_precision,
       location_code, country_iso, place_id, text_id, text_params, event_type, wording_id, event_code,
       sequence_no, report_no, first_seen_at, retracted_at, call_id
FROM loaded_event
ON CONFLICT (item_no, event_key, event_date) DO UPDATE
SET event_time_local = excluded.event_time_local,
    event_time_text = excluded.event_time_text,
    event_time = excluded.event_time,
    time_zone = excluded.time_zone,
    time_precision = excluded.time_precision,
    location_code = excluded.location_code,
    country_iso = excluded.country_iso,
    place_id = excluded.place_id,
    text_id = excluded.text_id,
    text_params = excluded.text_params,
    event_type = excluded.event_type,
    wording_id = excluded.wording_id,
    event_code = excluded.event_code,
    sequence_no = excluded.sequence_no,
    retracted_at = excluded.retracted_at
WHERE (known.event_time_local, known.event_time_text, known.event_time, known.time_zone, known.time_precision,
       known.location_code, known.country_iso, known.place_id, known.text_id, known.text_params,
       known.event_type, known.wording_id, known.event_code, known.sequence_no, known.retracted_at)
      IS DISTINCT FROM
      (excluded.event_time_local, excluded.event_time_text, excluded.event_time, excluded.time_zone,
       excluded.time_precision, excluded.location_code, excluded.country_iso, excluded.place_id,
       excluded.text_id, excluded.text_params, excluded.event_type, excluded.wording_id,
       excluded.event_code, excluded.sequence_no, excluded.retracted_at);
