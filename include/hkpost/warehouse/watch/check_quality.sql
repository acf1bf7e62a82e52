-- The checks, of those asked for, that found more than is allowed.
SELECT name, is_invariant, found, meaning, look_with
FROM hkpost.quality_check
WHERE name = ANY(CAST(:names AS text[])) AND found > allowed;
