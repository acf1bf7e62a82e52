-- Messages by their keys.
SELECT text_id, message_e, message_c, message_s
FROM hkpost.dim_event_text
WHERE text_id = ANY(CAST(:text_ids AS bigint[]));
