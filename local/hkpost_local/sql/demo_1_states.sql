-- Where are the items?
SELECT state,
       CASE WHEN is_open THEN 'open' ELSE 'closed' END AS "open?",
       count(*) AS items,
       sum(event_count) AS events,
       min(last_event_at)::date AS oldest_news,
       max(last_event_at)::date AS latest_news
  FROM hkpost.mail_item
 GROUP BY state, is_open
 ORDER BY is_open DESC, items DESC;
