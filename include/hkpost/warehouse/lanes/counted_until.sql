-- Up to when events are counted: at first, from news_history_days ago.
SELECT coalesce(
    (SELECT max(counted_until) FROM hkpost.polling_price),
    now() - (SELECT make_interval(days => value::integer) FROM hkpost.setting WHERE name = 'news_history_days'));
