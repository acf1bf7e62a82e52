-- How long mail takes: lead times by lane (origin to destination) and ISO week of posting.

CREATE OR REPLACE VIEW hkpost.delivery_performance AS
WITH posted AS (
    SELECT journey.*,
           -- A delivery before the posting is somebody's clock: it counts as delivered and has no lead time.
           CASE WHEN delivered_at >= posted_at
                THEN date_part('epoch', delivered_at - posted_at) / 86400
           END AS lead_days
      FROM hkpost.item_journey journey
     WHERE posted_at IS NOT NULL
)
SELECT origin,
       destination,
       to_char(week_start, 'IYYY-"W"IW') AS posting_week,
       week_start,
       count(*) AS items_posted,
       count(*) FILTER (WHERE state = 'delivered') AS items_delivered,
       count(*) FILTER (WHERE is_open) AS items_open,
       count(lead_days) AS n,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY lead_days)::numeric, 2) AS median_days,
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY lead_days)::numeric, 2) AS p90_days,
       round(min(lead_days)::numeric, 2) AS fastest_days,
       round(max(lead_days)::numeric, 2) AS slowest_days
  FROM posted
 GROUP BY origin, destination, week_start;

COMMENT ON VIEW hkpost.delivery_performance IS 'Lead times from posting to delivery, by lane and ISO week of posting. A week with items_open still looks faster than it is: its slow items are not in yet. Filter on week_start, and on destination where one will do: it makes it quick. Two years of all lanes sort every lead time for their percentiles, seconds on tens of millions of events (docs/views.md has the plan).';
COMMENT ON COLUMN hkpost.delivery_performance.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.delivery_performance.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.delivery_performance.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.delivery_performance.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.delivery_performance.items_posted IS 'Items posted.';
COMMENT ON COLUMN hkpost.delivery_performance.items_delivered IS 'Items of them that are delivered.';
COMMENT ON COLUMN hkpost.delivery_performance.items_open IS 'Items of them that are still open.';
COMMENT ON COLUMN hkpost.delivery_performance.n IS 'Items that the lead times are taken from: both times are known.';
COMMENT ON COLUMN hkpost.delivery_performance.median_days IS 'Median lead time in days.';
COMMENT ON COLUMN hkpost.delivery_performance.p90_days IS 'Nine of ten items took at most so many days.';
COMMENT ON COLUMN hkpost.delivery_performance.fastest_days IS 'Shortest lead time in days.';
COMMENT ON COLUMN hkpost.delivery_performance.slowest_days IS 'Longest lead time in days.';
