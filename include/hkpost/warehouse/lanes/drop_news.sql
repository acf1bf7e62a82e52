-- What is older than news_history_days tells of another time.
DELETE FROM hkpost.lane_news
WHERE week_start < (now() - (
    SELECT make_interval(days => value::integer) FROM hkpost.setting WHERE name = 'news_history_days'))::date;
