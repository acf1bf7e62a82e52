-- The silences that were counted, of all weeks together.
SELECT origin, destination, service, last_event, (class - 1)::integer AS class, sum(each.news) AS news,
       sum(each.closing) AS closing, sum(each.open_hours) AS open_hours
FROM hkpost.lane_news
CROSS JOIN LATERAL unnest(lane_news.news, lane_news.closing, lane_news.open_hours) WITH ORDINALITY AS each (news, closing, open_hours, class)
WHERE each.open_hours > 0 OR each.news > 0
GROUP BY 1, 2, 3, 4, 5;
