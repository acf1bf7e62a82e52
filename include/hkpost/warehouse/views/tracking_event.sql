-- Every event that the service reports today, wide: one row an event, texts in three languages.

CREATE OR REPLACE VIEW hkpost.tracking_event AS
SELECT f.item_no,
       f.sequence_no,
       f.event_date,
       f.event_time_local,
       f.event_time,
       f.time_precision,
       f.time_zone,
       f.event_type,
       t.name_e AS event_type_e,
       t.name_c AS event_type_c,
       t.name_s AS event_type_s,
       t.stage,
       t.is_terminal,
       f.country_iso,
       f.location_code,
       coalesce(p.location_e, '') AS location_e,
       coalesce(p.location_c, '') AS location_c,
       coalesce(p.location_s, '') AS location_s,
       hkpost.fill_template(x.message_e, f.text_params) AS message_e,
       hkpost.fill_template(x.message_c, f.text_params) AS message_c,
       hkpost.fill_template(x.message_s, f.text_params) AS message_s,
       f.event_time_text,
       f.event_code,
       f.first_seen_at,
       f.call_id,
       f.event_key
  FROM hkpost.fact_tracking_event f
  LEFT JOIN hkpost.dim_event_type t ON t.event_type = f.event_type
  LEFT JOIN hkpost.dim_place p ON p.place_id = f.place_id
  LEFT JOIN hkpost.dim_event_text x ON x.text_id = f.text_id
 WHERE f.retracted_at IS NULL;

COMMENT ON VIEW hkpost.tracking_event IS 'Every event that the service reports today: one row an event, with its texts. Events that it no longer reports are in fact_tracking_event. Filter on item_no or event_date: a query without either reads every event.';
COMMENT ON COLUMN hkpost.tracking_event.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.tracking_event.sequence_no IS 'Position in the item''s history, 1 = oldest.';
COMMENT ON COLUMN hkpost.tracking_event.event_date IS 'Local date of the event; 1900-01-01 when it cannot be read. Filter on it: it makes a query quick.';
COMMENT ON COLUMN hkpost.tracking_event.event_time_local IS 'Date and time on the clock of the place of the event.';
COMMENT ON COLUMN hkpost.tracking_event.event_time IS 'Instant of the event; null when it cannot be known.';
COMMENT ON COLUMN hkpost.tracking_event.time_precision IS 'How sure event_time is. zone: exact. country: by the country''s principal zone of several. date: only the date was known. unknown: not known.';
COMMENT ON COLUMN hkpost.tracking_event.time_zone IS 'IANA time zone by which event_time was computed.';
COMMENT ON COLUMN hkpost.tracking_event.event_type IS 'Canonical event type (UPU EMSEVT where one fits); unclassified until somebody says what the wording means.';
COMMENT ON COLUMN hkpost.tracking_event.event_type_e IS 'Name of the event type in English.';
COMMENT ON COLUMN hkpost.tracking_event.event_type_c IS 'Name of the event type in Traditional Chinese.';
COMMENT ON COLUMN hkpost.tracking_event.event_type_s IS 'Name of the event type in Simplified Chinese.';
COMMENT ON COLUMN hkpost.tracking_event.stage IS 'Stage of the journey.';
COMMENT ON COLUMN hkpost.tracking_event.is_terminal IS 'True when nothing is expected after it.';
COMMENT ON COLUMN hkpost.tracking_event.country_iso IS 'Country of the event as ISO 3166 alpha-2; null when it cannot be resolved.';
COMMENT ON COLUMN hkpost.tracking_event.location_code IS 'Country code as received.';
COMMENT ON COLUMN hkpost.tracking_event.location_e IS 'Place in English; empty when none was received.';
COMMENT ON COLUMN hkpost.tracking_event.location_c IS 'Place in Traditional Chinese; empty when none was received.';
COMMENT ON COLUMN hkpost.tracking_event.location_s IS 'Place in Simplified Chinese; empty when none was received.';
COMMENT ON COLUMN hkpost.tracking_event.message_e IS 'Message in English, as received.';
COMMENT ON COLUMN hkpost.tracking_event.message_c IS 'Message in Traditional Chinese, as received.';
COMMENT ON COLUMN hkpost.tracking_event.message_s IS 'Message in Simplified Chinese, as received.';
COMMENT ON COLUMN hkpost.tracking_event.event_time_text IS 'Date and time as received.';
COMMENT ON COLUMN hkpost.tracking_event.event_code IS 'Event code of the older face of the service; usually null.';
COMMENT ON COLUMN hkpost.tracking_event.first_seen_at IS 'When an answer first showed the event.';
COMMENT ON COLUMN hkpost.tracking_event.call_id IS 'Request whose answer first showed the event.';
COMMENT ON COLUMN hkpost.tracking_event.event_key IS 'The event''s own key within its item; it never changes.';
