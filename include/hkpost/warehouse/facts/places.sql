-- Places by their keys.
SELECT place_id, location_code, location_e, location_c, location_s
FROM hkpost.dim_place
WHERE place_id = ANY(CAST(:place_ids AS bigint[]));
