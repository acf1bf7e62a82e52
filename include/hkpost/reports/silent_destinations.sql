-- To how many destinations mail goes that report nothing of it.
SELECT count(DISTINCT destination) FROM hkpost.lane_history WHERE reports IS FALSE;
