-- How many items has a run asked about so far? (psql: \set run_id manual__…)
SELECT coalesce(sum(item_count), 0) FROM hkpost.api_call WHERE run_id = :'run_id' AND outcome <> 'in_flight';
