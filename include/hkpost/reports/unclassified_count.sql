-- How many wordings nobody has told the meaning of.
SELECT count(*) FROM hkpost.dim_wording WHERE event_type = 'unclassified';
