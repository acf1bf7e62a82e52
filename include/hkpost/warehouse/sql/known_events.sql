-- Every event that the warehouse has of some items, with its place and its message.
SELECT fact.item_no, fact.event_key, fact.event_date, fact.event_time_local, fact.event_time_text,
       fact.event_time, fact.time_zone, fact.time_precision, fact.location_code, fact.country_iso,
       fact.place_id, fact.text_id, fact.text_params, fact.event_type, fact.wording_id, fact.event_code,
       fact.sequence_no, fact.report_no, fact.first_seen_at, fact.retracted_at, fact.call_id,
       coalesce(place.location_e, '') AS location_e,
       coalesce(place.location_c, '') AS location_c,
       coalesce(place.location_s, '') AS location_s,
       coalesce(told.message_e, '') AS message_e,
       coalesce(told.message_c, '') AS message_c,
       coalesce(told.message_s, '') AS message_s
FROM hkpost.fact_tracking_event AS fact
LEFT JOIN hkpost.dim_place AS place ON place.place_id = fact.place_id
LEFT JOIN hkpost.dim_event_text AS told ON told.text_id = fact.text_id
WHERE fact.item_no = ANY(CAST(:item_nos AS varchar[]));
