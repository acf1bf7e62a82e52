-- At which hours of the week events came, of what was counted before.
SELECT clock, last_event, (hour - 1)::integer AS hour, sum(each.news)::bigint AS news
FROM hkpost.lane_news
CROSS JOIN LATERAL unnest(by_hour) WITH ORDINALITY AS each (news, hour)
WHERE each.news > 0
GROUP BY 1, 2, 3;
