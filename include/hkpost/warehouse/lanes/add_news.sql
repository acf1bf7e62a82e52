-- What was counted is added to its week.
INSERT INTO hkpost.lane_news
    (origin, destination, service, last_event, clock, week_start, news, closing, open_hours, by_hour)
VALUES (:origin, :destination, :service, :last_event, :clock,
        date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong')::date, :news, :closing, :open_hours, :by_hour)
ON CONFLICT (destination, origin, service, last_event, clock, week_start) DO UPDATE
SET news = ARRAY(SELECT a + b FROM unnest(lane_news.news, excluded.news) AS each (a, b)),
    closing = ARRAY(SELECT a + b FROM unnest(lane_news.closing, excluded.closing) AS each (a, b)),
    open_hours = ARRAY(SELECT a + b FROM unnest(lane_news.open_hours, excluded.open_hours) AS each (a, b)),
    by_hour = ARRAY(SELECT a + b FROM unnest(lane_news.by_hour, excluded.by_hour) AS each (a, b));
