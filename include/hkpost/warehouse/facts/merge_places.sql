-- Places seen for the first time; in one order in every transaction, so that no two wait for each other.
INSERT INTO hkpost.dim_place (location_code, location_e, location_c, location_s)
SELECT loaded.location_code, loaded.location_e, loaded.location_c, loaded.location_s
FROM loaded_place AS loaded
WHERE NOT EXISTS (
    SELECT FROM hkpost.dim_place AS known
    WHERE md5(known.location_code) = md5(loaded.location_code)
      AND md5(known.location_e) = md5(loaded.location_e)
      AND md5(known.location_c) = md5(loaded.location_c)
      AND md5(known.location_s) = md5(loaded.location_s)
)
ORDER BY loaded.location_code, loaded.location_e, loaded.location_c, loaded.location_s
ON CONFLICT DO NOTHING;
