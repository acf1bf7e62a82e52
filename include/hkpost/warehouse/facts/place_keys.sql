-- The keys of the places of a chunk.
SELECT known.place_id, loaded.location_code, loaded.location_e, loaded.location_c, loaded.location_s
FROM loaded_place AS loaded
JOIN hkpost.dim_place AS known
  ON md5(known.location_code) = md5(loaded.location_code)
 AND md5(known.location_e) = md5(loaded.location_e)
 AND md5(known.location_c) = md5(loaded.location_c)
 AND md5(known.location_s) = md5(loaded.location_s);
