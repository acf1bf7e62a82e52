-- Every event that the warehouse has of some items.
SELECT item_no, event_key, event_date, event_time_local, event_time_text, event_time, time_zone, time_precision,
       country_iso, location_code, place_id, event_type, wording_id, event_code, text_id, text_params,
       sequence_no, report_no, first_seen_at, retracted_at, call_id
FROM hkpost.fact_tracking_event
WHERE item_no = ANY(CAST(:item_nos AS varchar[]));
