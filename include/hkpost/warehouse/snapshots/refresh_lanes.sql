-- What is usual on each lane: lead times (docs/measures.md), and whether it is heard of after the departure.
-- The numbers are in hkpost.setting: lane_history_days, stuck_after_days, stuck_lane_items, lane_reports_percent.
LOCK TABLE hkpost.lane_history IN SHARE ROW EXCLUSIVE MODE;

DELETE FROM hkpost.lane_history;

WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'stuck_after_days') AS stuck_after_days,
           max(value::integer) FILTER (WHERE name = 'stuck_lane_items') AS stuck_lane_items,
           max(value::integer) FILTER (WHERE name = 'lane_reports_percent') AS lane_reports_percent,
           max(value::integer) FILTER (WHERE name = 'lane_history_days') AS lane_history_days
    FROM hkpost.setting
), counted AS (
    SELECT origin, destination, coalesce(service, '') AS service, followed_days,
           count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
           count(*) FILTER (WHERE outcome = 'undated') AS undated,
           count(*) FILTER (WHERE outcome = 'not_delivered') AS not_delivered,
           count(*) FILTER (WHERE outcome = 'open') AS still_open,
           count(*) FILTER (
               WHERE departed_at < now() - make_interval(days => (SELECT stuck_after_days FROM setting))) AS departed,
           count(*) FILTER (
               WHERE departed_at < now() - make_interval(days => (SELECT stuck_after_days FROM setting))
                 AND (state = ANY (ARRAY(SELECT state FROM hkpost.dim_state WHERE is_terminal)) OR furthest_rank >= (
                     SELECT min(stage_rank) FROM hkpost.dim_event_type WHERE stage = 'destination'))) AS heard_of
    FROM hkpost.journey
    WHERE week_start >= (now() - make_interval(days => (SELECT lane_history_days + 7 FROM setting)))::date
      AND posted_at >= now() - make_interval(days => (SELECT lane_history_days FROM setting))
      AND origin IS NOT NULL AND destination IS NOT NULL
    GROUP BY 1, 2, 3, 4
), lane AS (
    SELECT origin, destination, service,
           sum(delivered + undated)::bigint AS delivered_items,
           sum(departed)::bigint AS departed_items,
           sum(heard_of)::bigint AS heard_items,
           array_agg(followed_days) AS days,
           array_agg(delivered) AS delivered,
           array_agg(not_delivered) AS not_delivered,
           array_agg(still_open + undated) AS followed_until
    FROM counted
    GROUP BY origin, destination, service
)
INSERT INTO hkpost.lane_history
    (origin, destination, service, delivered_items, p50_days, p90_days, p95_days, departed_items, heard_items, reports,
     reckoned_at)
SELECT origin, destination, service, delivered_items, took.p50_days, took.p90_days, took.p95_days,
       departed_items, heard_items,
       CASE WHEN departed_items >= stuck_lane_items THEN 100 * heard_items >= lane_reports_percent * departed_items END,
       now()
FROM lane
CROSS JOIN setting
CROSS JOIN LATERAL hkpost.lead_times(days, delivered, not_delivered, followed_until, 1) AS took;
