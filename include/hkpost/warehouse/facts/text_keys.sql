-- The keys of the messages of a chunk.
SELECT known.text_id, loaded.message_e, loaded.message_c, loaded.message_s
FROM loaded_text AS loaded
JOIN hkpost.dim_event_text AS known
  ON md5(known.message_e) = md5(loaded.message_e)
 AND md5(known.message_c) = md5(loaded.message_c)
 AND md5(known.message_s) = md5(loaded.message_s);
