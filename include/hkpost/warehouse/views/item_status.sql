-- Where is RB…HK? One row an item, in words.

CREATE OR REPLACE VIEW hkpost.item_status AS
SELECT m.item_no,
       m.state,
       m.is_open,
       last.message_e AS last_event_e,
       last.message_c AS last_event_c,
       last.message_s AS last_event_s,
       last.event_type AS last_event_type,
       last.event_time_local AS last_event_at_local,
       m.last_event_at,
       last.country_iso AS last_country_iso,
       last.location_e AS last_location_e,
       last.location_c AS last_location_c,
       last.location_s AS last_location_s,
       m.milestone_e,
       m.milestone_c,
       m.milestone_s,
       coalesce(m.origin_iso, m.origin_country) AS origin,
       coalesce(m.destination_iso, m.destination_country) AS destination,
       m.posted_at_local,
       m.drop_off_point_e,
       m.drop_off_point_c,
       m.drop_off_point_s,
       m.delivered_at,
       m.event_count,
       CASE WHEN m.is_open
            THEN round(extract(epoch FROM now() - coalesce(m.last_event_at, m.registered_at)) / 86400.0, 1)
       END AS silent_days,
       m.close_reason,
       m.closed_at,
       m.api_status,
       m.api_message,
       CASE WHEN m.pending_call_id IS NULL THEN
            CASE WHEN m.is_open THEN coalesce(m.next_poll_at, m.last_polled_at, m.registered_at) ELSE m.next_poll_at END
       END AS next_poll_at,
       m.pending_call_id IS NOT NULL AS is_loading,
       m.last_polled_at,
       m.last_changed_at,
       m.poll_count,
       m.account,
       m.source_ref,
       m.registered_at,
       m.priority
  FROM hkpost.mail_item m
  LEFT JOIN LATERAL (
        SELECT f.event_type,
               f.event_time_local,
               f.country_iso,
               p.location_e,
               p.location_c,
               p.location_s,
               hkpost.fill_template(x.message_e, f.text_params) AS message_e,
               hkpost.fill_template(x.message_c, f.text_params) AS message_c,
               hkpost.fill_template(x.message_s, f.text_params) AS message_s
          FROM hkpost.fact_tracking_event f
          LEFT JOIN hkpost.dim_place p ON p.place_id = f.place_id
          LEFT JOIN hkpost.dim_event_text x ON x.text_id = f.text_id
         WHERE f.item_no = m.item_no
           AND f.retracted_at IS NULL
           -- Chooses the partitions; a local date is at most a day off the instant's.
           AND f.event_date >= coalesce((m.last_event_at AT TIME ZONE 'UTC')::date - 1, '-infinity')
         -- A place whose zone is not known still has a clock; what has no time at all comes last.
         ORDER BY coalesce(f.event_time, f.event_time_local AT TIME ZONE 'UTC') DESC NULLS LAST, f.sequence_no DESC
         LIMIT 1
       ) AS last ON true;

COMMENT ON VIEW hkpost.item_status IS 'One row for each item: where it is, what was last said of it, and when it is asked again. Ask it for some items by number or source_ref; to find items by lane or state, or to count them, read item_journey, which has indexes for it.';
COMMENT ON COLUMN hkpost.item_status.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.item_status.state IS 'Where the item stands, in one word.';
COMMENT ON COLUMN hkpost.item_status.is_open IS 'True while the item is asked about.';
COMMENT ON COLUMN hkpost.item_status.last_event_e IS 'Message of the latest event in English.';
COMMENT ON COLUMN hkpost.item_status.last_event_c IS 'Message of the latest event in Traditional Chinese.';
COMMENT ON COLUMN hkpost.item_status.last_event_s IS 'Message of the latest event in Simplified Chinese.';
COMMENT ON COLUMN hkpost.item_status.last_event_type IS 'Canonical type of the latest event: dim_event_type.';
COMMENT ON COLUMN hkpost.item_status.last_event_at_local IS 'When the latest event was, on the clock of its place.';
COMMENT ON COLUMN hkpost.item_status.last_event_at IS 'When the latest event was, as an instant.';
COMMENT ON COLUMN hkpost.item_status.last_country_iso IS 'Country of the latest event, ISO 3166 alpha-2.';
COMMENT ON COLUMN hkpost.item_status.last_location_e IS 'Place of the latest event in English.';
COMMENT ON COLUMN hkpost.item_status.last_location_c IS 'Place of the latest event in Traditional Chinese.';
COMMENT ON COLUMN hkpost.item_status.last_location_s IS 'Place of the latest event in Simplified Chinese.';
COMMENT ON COLUMN hkpost.item_status.milestone_e IS 'Milestone in English.';
COMMENT ON COLUMN hkpost.item_status.milestone_c IS 'Milestone in Traditional Chinese.';
COMMENT ON COLUMN hkpost.item_status.milestone_s IS 'Milestone in Simplified Chinese.';
COMMENT ON COLUMN hkpost.item_status.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received.';
COMMENT ON COLUMN hkpost.item_status.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received.';
COMMENT ON COLUMN hkpost.item_status.posted_at_local IS 'When it was posted, on the clock of the place of posting.';
COMMENT ON COLUMN hkpost.item_status.drop_off_point_e IS 'Where it was posted, in English.';
COMMENT ON COLUMN hkpost.item_status.drop_off_point_c IS 'Where it was posted, in Traditional Chinese.';
COMMENT ON COLUMN hkpost.item_status.drop_off_point_s IS 'Where it was posted, in Simplified Chinese.';
COMMENT ON COLUMN hkpost.item_status.delivered_at IS 'When it was delivered.';
COMMENT ON COLUMN hkpost.item_status.event_count IS 'Number of events.';
COMMENT ON COLUMN hkpost.item_status.silent_days IS 'Days since the latest event, or since registration where there is none; null on a closed item.';
COMMENT ON COLUMN hkpost.item_status.close_reason IS 'Why the pipeline closed it, in one word.';
COMMENT ON COLUMN hkpost.item_status.closed_at IS 'When the pipeline closed it.';
COMMENT ON COLUMN hkpost.item_status.api_status IS 'Status code of the item in its last answer: 0, or one of Appendix A of the API specification.';
COMMENT ON COLUMN hkpost.item_status.api_message IS 'Error message that came with it.';
COMMENT ON COLUMN hkpost.item_status.next_poll_at IS 'When it is asked again (past: it is due); null: never, or not before is_loading is false.';
COMMENT ON COLUMN hkpost.item_status.is_loading IS 'True while its last answer waits to be loaded.';
COMMENT ON COLUMN hkpost.item_status.last_polled_at IS 'When it was last asked about.';
COMMENT ON COLUMN hkpost.item_status.last_changed_at IS 'When an answer last brought something new.';
COMMENT ON COLUMN hkpost.item_status.poll_count IS 'How often it was asked about.';
COMMENT ON COLUMN hkpost.item_status.account IS 'Airflow connection of the API account to ask with.';
COMMENT ON COLUMN hkpost.item_status.source_ref IS 'The business''s own reference.';
COMMENT ON COLUMN hkpost.item_status.registered_at IS 'When it was handed over for tracking.';
COMMENT ON COLUMN hkpost.item_status.priority IS 'Higher is asked first.';
