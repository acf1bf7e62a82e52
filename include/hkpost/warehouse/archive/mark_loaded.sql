-- An answer that has been loaded, or that nothing can be loaded from.
UPDATE hkpost.raw_response
SET loaded_at = :loaded_at
WHERE call_id = :call_id AND received_at = :received_at;
