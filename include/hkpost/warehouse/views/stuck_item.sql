-- What is stuck? Open items that have been silent for longer than nine of ten items on their lane need in all.
-- What is usual on a lane is in lane_history, from the end of the last run; the numbers are in hkpost.setting:
-- stuck_after_days, stuck_min_days, stuck_lane_items.

CREATE OR REPLACE VIEW hkpost.stuck_item AS
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'stuck_after_days') AS stuck_after_days,
           max(value::integer) FILTER (WHERE name = 'stuck_min_days') AS stuck_min_days,
           max(value::integer) FILTER (WHERE name = 'stuck_lane_items') AS stuck_lane_items
      FROM hkpost.setting
), lane AS (
    SELECT lane_history.*,
           CASE WHEN delivered_items >= stuck_lane_items AND p90_days IS NOT NULL THEN greatest(p90_days, stuck_min_days)
                ELSE stuck_after_days
           END AS stuck_days
      FROM hkpost.lane_history, setting
), limited AS (
    SELECT lane.*, now() - make_interval(secs => stuck_days::double precision * 86400) AS stuck_before FROM lane
), silent AS (
    SELECT journey.*, coalesce(last_event_at, registered_at) AS silent_since
      FROM hkpost.item_journey journey
     WHERE is_open
)
SELECT s.item_no,
       s.state,
       s.origin,
       s.destination,
       round((date_part('epoch', now() - s.silent_since) / 86400)::numeric, 1) AS silent_days,
       coalesce(lane.stuck_days, setting.stuck_after_days) AS stuck_days,
       round((date_part('epoch', now() - s.silent_since) / 86400)::numeric
             / nullif(coalesce(lane.stuck_days, setting.stuck_after_days), 0), 1) AS times_the_limit,
       lane.p50_days AS lane_p50_days,
       lane.p90_days AS lane_p90_days,
       coalesce(lane.delivered_items, 0) AS lane_delivered_items,
       s.silent_since,
       s.last_event_at,
       m.milestone_e,
       m.milestone_c,
       m.milestone_s,
       m.posted_at_local,
       m.last_polled_at,
       m.api_status,
       m.account,
       m.source_ref,
       s.registered_at,
       s.service,
       lane.reports AS lane_reports,
       coalesce(lane.departed_items, 0) AS lane_departed_items,
       coalesce(lane.heard_items, 0) AS lane_heard_items,
       s.unclassified_events
  FROM silent s
 CROSS JOIN setting
  LEFT JOIN limited lane ON lane.origin = s.origin AND lane.destination = s.destination
      AND lane.service = coalesce(s.service, '')
  LEFT JOIN hkpost.mail_item m ON m.item_no = s.item_no
 WHERE s.silent_since < coalesce(lane.stuck_before, now() - make_interval(days => setting.stuck_after_days));

COMMENT ON VIEW hkpost.stuck_item IS 'Open items that were asked about and have been silent for longer than nine of ten items on their lane take from posting to delivery. Silent is not lost: some destinations report nothing after the departure from Hong Kong, for some services at least; lane_reports is false there. What is usual on a lane was reckoned at the end of the last run (lane_history).';
COMMENT ON COLUMN hkpost.stuck_item.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.stuck_item.state IS 'Where the item stands.';
COMMENT ON COLUMN hkpost.stuck_item.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.stuck_item.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.stuck_item.silent_days IS 'Days since the latest event, or since registration where there is none.';
COMMENT ON COLUMN hkpost.stuck_item.stuck_days IS 'Silence in days from which an item of this lane is stuck: the lane''s p90 (at least stuck_min_days), or stuck_after_days where it is not known, or fewer than stuck_lane_items were delivered.';
COMMENT ON COLUMN hkpost.stuck_item.times_the_limit IS 'silent_days divided by stuck_days: the worst first when sorted by it, descending.';
COMMENT ON COLUMN hkpost.stuck_item.lane_p50_days IS 'Calendar days within which half of the lane''s items are delivered, for this kind of service (docs/measures.md); null when not known.';
COMMENT ON COLUMN hkpost.stuck_item.lane_p90_days IS 'The same for nine of ten.';
COMMENT ON COLUMN hkpost.stuck_item.lane_delivered_items IS 'Items of the lane that were delivered, posted within lane_history_days.';
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
COMMENT ON COLUMN hkpost.stuck_item.service IS 'Kind of service: first letter of the item number (E express, R registered, C parcel, L tracked letter …); null when the number is not of that form.';
COMMENT ON COLUMN hkpost.stuck_item.lane_reports IS 'Whether this lane is heard of after the departure, for this kind of service: false where less than lane_reports_percent of the items that left were; null where too few left to tell.';
COMMENT ON COLUMN hkpost.stuck_item.lane_departed_items IS 'Items that lane_reports is taken from: posted within lane_history_days, and departed more than stuck_after_days ago.';
COMMENT ON COLUMN hkpost.stuck_item.lane_heard_items IS 'Items of them with an event at the destination, or a milestone that ends the journey.';
COMMENT ON COLUMN hkpost.stuck_item.unclassified_events IS 'Events without a meaning yet, on the day of the latest event with one or after it: where this is not 0, the item may long be delivered (unclassified_wording).';
