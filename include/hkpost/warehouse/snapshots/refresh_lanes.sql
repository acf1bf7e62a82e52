-- What is usual on each lane, for stuck_item: lead times of what was delivered, and whether it is heard of again.
-- The numbers are in hkpost.setting: lane_history_days, stuck_after_days.
LOCK TABLE hkpost.lane_history IN SHARE ROW EXCLUSIVE MODE;

DELETE FROM hkpost.lane_history;

WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'stuck_after_days') AS stuck_after_days,
           max(value::integer) FILTER (WHERE name = 'lane_history_days') AS lane_history_days
    FROM hkpost.setting
), lead AS (
    -- Items of a lane by their lead time in tenths of a day, rounded up: few rows, from which percentiles are cheap.
    -- Not delivered: null. Delivered before the posting is somebody's clock: below 0.
    SELECT origin, destination, service,
           ceil(date_part('epoch', delivered_at - posted_at) / 8640)::integer AS tenths,
           count(*) AS items,
           count(*) FILTER (
               WHERE departed_at < now() - make_interval(days => (SELECT stuck_after_days FROM setting))) AS departed,
           count(*) FILTER (
               WHERE departed_at < now() - make_interval(days => (SELECT stuck_after_days FROM setting))
                 AND (state = ANY (ARRAY(SELECT state FROM hkpost.dim_state WHERE is_terminal)) OR furthest_rank >= (
                     SELECT min(stage_rank) FROM hkpost.dim_event_type WHERE stage = 'destination'))) AS heard_of
    FROM hkpost.item_journey
    WHERE week_start >= (now() - make_interval(days => (SELECT lane_history_days + 7 FROM setting)))::date
      AND posted_at >= now() - make_interval(days => (SELECT lane_history_days FROM setting))
    GROUP BY 1, 2, 3, 4
), ranked AS (
    SELECT lead.*,
           sum(items) FILTER (WHERE tenths >= 0) OVER (PARTITION BY origin, destination, service ORDER BY tenths)
               AS up_to,
           sum(items) FILTER (WHERE tenths >= 0) OVER (PARTITION BY origin, destination, service) AS delivered
    FROM lead
)
INSERT INTO hkpost.lane_history
    (origin, destination, service, delivered_items, median_days, p90_days, departed_items, heard_items, reckoned_at)
SELECT origin, destination, service,
       coalesce(max(delivered), 0)::bigint,
       min(tenths) FILTER (WHERE tenths >= 0 AND up_to >= 0.5 * delivered) / 10.0,
       min(tenths) FILTER (WHERE tenths >= 0 AND up_to >= 0.9 * delivered) / 10.0,
       sum(departed)::bigint,
       sum(heard_of)::bigint,
       now()
FROM ranked
GROUP BY origin, destination, service;
