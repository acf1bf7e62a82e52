-- How many wordings have no meaning yet.
SELECT count(*) FROM hkpost.dim_wording WHERE event_type = 'unclassified';
