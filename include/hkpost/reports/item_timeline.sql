-- Every event ever seen of one item, the latest first, retracted ones included.
SELECT fact.event_key, fact.sequence_no, fact.event_time_local, fact.event_time_text, fact.event_time,
       fact.time_zone, fact.time_precision, fact.event_type, type.stage, type.name_e AS type_e,
       type.name_c AS type_c, type.name_s AS type_s, fact.country_iso, fact.location_code,
       place.location_e, place.location_c, place.location_s,
       hkpost.fill_template(event_text.message_e, fact.text_params) AS message_e,
       hkpost.fill_template(event_text.message_c, fact.text_params) AS message_c,
       hkpost.fill_template(event_text.message_s, fact.text_params) AS message_s,
       fact.first_seen_at, fact.retracted_at, fact.call_id
FROM hkpost.fact_tracking_event AS fact
LEFT JOIN hkpost.dim_event_type AS type ON type.event_type = fact.event_type
LEFT JOIN hkpost.dim_place AS place ON place.place_id = fact.place_id
LEFT JOIN hkpost.dim_event_text AS event_text ON event_text.text_id = fact.text_id
WHERE fact.item_no = :item_no
ORDER BY coalesce(fact.event_time, fact.event_time_local AT TIME ZONE 'UTC') DESC NULLS LAST,
         fact.sequence_no DESC NULLS LAST, fact.event_key
LIMIT 500;
