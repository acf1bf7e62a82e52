-- What is stuck? Open items that have been silent for longer than nine of ten items on their lane need in all.
-- The numbers are in hkpost.setting: stuck_after_days, stuck_min_days, stuck_lane_items, lane_history_days.

CREATE OR REPLACE VIEW hkpost.stuck_item AS
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'stuck_after_days') AS stuck_after_days,
           max(value::integer) FILTER (WHERE name = 'stuck_min_days') AS stuck_min_days,
           max(value::integer) FILTER (WHERE name = 'stuck_lane_items') AS stuck_lane_items,
           max(value::integer) FILTER (WHERE name = 'lane_history_days') AS lane_history_days
      FROM hkpost.setting
), journey AS (
    SELECT coalesce(m.origin_iso, m.origin_country, '') AS origin,
           coalesce(m.destination_iso, m.destination_country, '') AS destination,
           m.delivered_at,
           coalesce(m.posted_at_local AT TIME ZONE 'Asia/Hong_Kong', m.first_event_at) AS posted_at
      FROM hkpost.mail_item m
     WHERE m.delivered_at IS NOT NULL
), lane AS (
    SELECT origin,
           destination,
           count(*) AS delivered_items,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - posted_at) / 86400)
               AS median_days,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - posted_at) / 86400)
               AS p90_days
      FROM journey, setting
     WHERE delivered_at >= posted_at
       AND posted_at >= now() - make_interval(days => lane_history_days)
     GROUP BY origin, destination
), silent AS (
    SELECT m.*,
           coalesce(m.origin_iso, m.origin_country, '') AS origin,
           coalesce(m.destination_iso, m.destination_country, '') AS destination,
           coalesce(m.last_event_at, m.registered_at) AS silent_since
      FROM hkpost.mail_item m
     WHERE m.is_open
)
SELECT s.item_no,
       s.state,
       s.origin,
       s.destination,
       round(extract(epoch FROM now() - s.silent_since) / 86400, 1) AS silent_days,
       limits.stuck_days,
       round((extract(epoch FROM now() - s.silent_since) / 86400)::numeric / nullif(limits.stuck_days, 0), 1)
           AS times_the_limit,
       round(lane.median_days::numeric, 1) AS lane_median_days,
       round(lane.p90_days::numeric, 1) AS lane_p90_days,
       coalesce(lane.delivered_items, 0) AS lane_delivered_items,
       s.silent_since,
       s.last_event_at,
       s.milestone_e,
       s.milestone_c,
       s.milestone_s,
       s.posted_at_local,
       s.last_polled_at,
       s.api_status,
       s.account,
       s.source_ref,
       s.registered_at
  FROM silent s
 CROSS JOIN setting
  LEFT JOIN lane USING (origin, destination)
 CROSS JOIN LATERAL (
       SELECT CASE WHEN lane.delivered_items >= setting.stuck_lane_items
                   THEN round(greatest(lane.p90_days, setting.stuck_min_days)::numeric, 1)
                   ELSE setting.stuck_after_days
              END AS stuck_days
       ) AS limits
 WHERE s.silent_since < now() - make_interval(secs => limits.stuck_days::double precision * 86400);

COMMENT ON VIEW hkpost.stuck_item IS 'Open items that have been silent for longer than nine of ten items on their lane take from posting to delivery. Silent is not lost: some destinations report nothing after the departure from Hong Kong (lane_delivered_items is 0 there).';
COMMENT ON COLUMN hkpost.stuck_item.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.stuck_item.state IS 'Where the item stands.';
COMMENT ON COLUMN hkpost.stuck_item.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.stuck_item.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.stuck_item.silent_days IS 'Days since the latest event, or since registration where there is none.';
COMMENT ON COLUMN hkpost.stuck_item.stuck_days IS 'Silence in days from which an item of this lane is stuck: the lane''s p90 (at least stuck_min_days), or stuck_after_days where too few items were delivered to tell.';
COMMENT ON COLUMN hkpost.stuck_item.times_the_limit IS 'silent_days divided by stuck_days: the worst first when sorted by it.';
COMMENT ON COLUMN hkpost.stuck_item.lane_median_days IS 'Median days from posting to delivery on the lane.';
COMMENT ON COLUMN hkpost.stuck_item.lane_p90_days IS 'Nine of ten items of the lane took at most so many days.';
COMMENT ON COLUMN hkpost.stuck_item.lane_delivered_items IS 'Delivered items that these two are taken from, posted within lane_history_days.';
COMMENT ON COLUMN hkpost.stuck_item.silent_since IS 'Instant of the latest event, or of registration.';
COMMENT ON COLUMN hkpost.stuck_item.last_event_at IS 'Instant of the latest event; null when there is none.';
COMMENT ON COLUMN hkpost.stuck_item.milestone_e IS 'Milestone in English.';
COMMENT ON COLUMN hkpost.stuck_item.milestone_c IS 'Milestone in Traditional Chinese.';
COMMENT ON COLUMN hkpost.stuck_item.milestone_s IS 'Milestone in Simplified Chinese.';
COMMENT ON COLUMN hkpost.stuck_item.posted_at_local IS 'When it was posted, on the clock of the place of posting.';
COMMENT ON COLUMN hkpost.stuck_item.last_polled_at IS 'When it was last asked about.';
COMMENT ON COLUMN hkpost.stuck_item.api_status IS 'Status code of the item in its last answer.';
COMMENT ON COLUMN hkpost.stuck_item.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.stuck_item.source_ref IS 'The business''s own reference.';
COMMENT ON COLUMN hkpost.stuck_item.registered_at IS 'When it was handed over for tracking.';
