-- The rhythms of all countries; that of all together is the last.
SELECT clock, last_event, speed FROM hkpost.news_week ORDER BY clock DESC, last_event DESC;
