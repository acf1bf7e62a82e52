-- What happened to one item, the latest first? A retracted event is one that the service no longer reports.
SELECT f.event_time_local,
       f.time_precision,
       f.country_iso,
       p.location_e,
       f.event_type,
       hkpost.fill_template(x.message_e, f.text_params) AS message_e,
       hkpost.fill_template(x.message_c, f.text_params) AS message_c,
       f.first_seen_at,
       f.retracted_at
  FROM hkpost.fact_tracking_event f
  LEFT JOIN hkpost.dim_place p USING (place_id)
  LEFT JOIN hkpost.dim_event_text x USING (text_id)
 WHERE f.item_no = :'item'
 ORDER BY f.event_time DESC NULLS LAST, f.event_time_local DESC NULLS LAST, f.event_key DESC;
