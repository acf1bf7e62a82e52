-- How many items has a run asked about so far? (psql: \set run_id manual__…)
SELECT count(DISTINCT item_no)
  FROM hkpost.api_call, unnest(item_nos) AS item_no
 WHERE run_id = :'run_id' AND outcome NOT IN ('in_flight', 'not_sent');
