-- Is mail delivered at the first attempt? By lane and ISO week of posting.

CREATE OR REPLACE VIEW hkpost.first_attempt AS
WITH posted AS (
    SELECT journey.*,
           CASE WHEN first_attempt_at >= posted_at
                THEN date_part('epoch', first_attempt_at - posted_at) / 86400
           END AS attempt_days
      FROM hkpost.item_journey journey
     WHERE posted_at IS NOT NULL
)
SELECT origin,
       destination,
       to_char(week_start, 'IYYY-"W"IW') AS posting_week,
       week_start,
       count(*) AS items_posted,
       count(*) FILTER (WHERE is_open AND first_attempt_at IS NULL) AS items_waiting,
       count(*) FILTER (WHERE NOT is_open AND first_attempt_at IS NULL) AS items_untold,
       count(first_attempt_at) AS items_attempted,
       count(first_attempt_at) FILTER (WHERE failed_attempts = 0) AS items_first_time,
       count(first_attempt_at) FILTER (WHERE failed_attempts > 0) AS items_failed,
       count(first_attempt_at) FILTER (WHERE failed_attempts > 0 AND state = 'delivered') AS items_delivered_later,
       round(count(first_attempt_at) FILTER (WHERE failed_attempts = 0)::numeric / nullif(count(first_attempt_at), 0), 4)
           AS share_first_time,
       count(attempt_days) AS n,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY attempt_days)::numeric, 2) AS median_days,
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY attempt_days)::numeric, 2) AS p90_days
  FROM posted
 GROUP BY origin, destination, week_start;

COMMENT ON VIEW hkpost.first_attempt IS 'Whether the first attempt to deliver succeeded, and when it was, by lane and ISO week of posting. A post that reports no failed attempts looks perfect. Of a young week only the quick items were attempted yet: see items_waiting. Filter on week_start, and on destination where one will do: it makes it quick.';
COMMENT ON COLUMN hkpost.first_attempt.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.first_attempt.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.first_attempt.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.first_attempt.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.first_attempt.items_posted IS 'Items posted: items_waiting, items_untold and items_attempted together.';
COMMENT ON COLUMN hkpost.first_attempt.items_waiting IS 'Items of them that are open and have no attempt yet.';
COMMENT ON COLUMN hkpost.first_attempt.items_untold IS 'Items of them that are closed and no attempt was reported, delivered by their milestone alone included.';
COMMENT ON COLUMN hkpost.first_attempt.items_attempted IS 'Items of them with an attempt: a delivery (EMI) or an unsuccessful one (EMH).';
COMMENT ON COLUMN hkpost.first_attempt.items_first_time IS 'Items of items_attempted that were delivered and no attempt is known to have failed.';
COMMENT ON COLUMN hkpost.first_attempt.items_failed IS 'Items of items_attempted with at least one failed attempt.';
COMMENT ON COLUMN hkpost.first_attempt.items_delivered_later IS 'Items of items_failed that are delivered by now.';
COMMENT ON COLUMN hkpost.first_attempt.share_first_time IS 'items_first_time as a share of items_attempted, 0 to 1.';
COMMENT ON COLUMN hkpost.first_attempt.n IS 'Items that the days are taken from: the first attempt is not before the posting.';
COMMENT ON COLUMN hkpost.first_attempt.median_days IS 'Median days from posting to the first attempt.';
COMMENT ON COLUMN hkpost.first_attempt.p90_days IS 'Nine of ten first attempts came within this number of days.';
