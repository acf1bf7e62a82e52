-- Messages seen for the first time; in one order in every transaction, so that no two wait for each other.
INSERT INTO hkpost.dim_event_text (message_e, message_c, message_s)
SELECT loaded.message_e, loaded.message_c, loaded.message_s
FROM loaded_text AS loaded
WHERE NOT EXISTS (
    SELECT FROM hkpost.dim_event_text AS known
    WHERE md5(known.message_e) = md5(loaded.message_e)
      AND md5(known.message_c) = md5(loaded.message_c)
      AND md5(known.message_s) = md5(loaded.message_s)
)
ORDER BY loaded.message_e, loaded.message_c, loaded.message_s
ON CONFLICT DO NOTHING;
