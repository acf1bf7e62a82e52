-- How far mail gets: for each lane and week of posting, how many items came to each stage of the journey.

CREATE OR REPLACE VIEW hkpost.milestone_funnel AS
WITH stage AS (
    SELECT stage, min(stage_rank) AS stage_rank
      FROM hkpost.dim_event_type
     WHERE event_type <> 'unclassified' AND stage IS NOT NULL AND stage_rank IS NOT NULL
     GROUP BY stage
), seen AS (
    SELECT f.item_no, stage.stage_rank, min(f.event_time) AS first_at
      FROM hkpost.fact_tracking_event f
      JOIN hkpost.dim_event_type t ON t.event_type = f.event_type
      JOIN stage ON stage.stage = t.stage
     WHERE f.retracted_at IS NULL
     GROUP BY f.item_no, stage.stage_rank
), by_event AS (
    SELECT item_no, max(stage_rank) AS stage_rank FROM seen GROUP BY item_no
), by_state AS (
    -- A milestone may say where an item is while no event does.
    SELECT t.state, min(stage.stage_rank) AS stage_rank
      FROM hkpost.dim_event_type t
      JOIN stage ON stage.stage = t.stage
     WHERE t.state <> 'registered'
     GROUP BY t.state
), item AS (
    SELECT m.item_no,
           coalesce(m.origin_iso, m.origin_country, '') AS origin,
           coalesce(m.destination_iso, m.destination_country, '') AS destination,
           coalesce(m.posted_at_local,
                    coalesce(m.first_event_at, m.registered_at) AT TIME ZONE 'Asia/Hong_Kong') AS cohort_at,
           coalesce(m.posted_at_local AT TIME ZONE 'Asia/Hong_Kong', m.first_event_at) AS posted_at,
           greatest(by_event.stage_rank, by_state.stage_rank) AS furthest_rank
      FROM hkpost.mail_item m
      LEFT JOIN by_event ON by_event.item_no = m.item_no
      LEFT JOIN by_state ON by_state.state = m.state
)
SELECT item.origin,
       item.destination,
       to_char(item.cohort_at, 'IYYY-"W"IW') AS posting_week,
       date_trunc('week', item.cohort_at)::date AS week_start,
       stage.stage_rank,
       stage.stage,
       count(*) AS items,
       count(*) FILTER (WHERE item.furthest_rank >= stage.stage_rank) AS items_reached,
       round((count(*) FILTER (WHERE item.furthest_rank >= stage.stage_rank))::numeric / count(*), 4) AS share_reached,
       count(seen.item_no) AS items_seen,
       count(*) FILTER (WHERE item.furthest_rank = stage.stage_rank) AS items_furthest,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM seen.first_at - item.posted_at) / 86400)
              FILTER (WHERE seen.first_at >= item.posted_at))::numeric, 2) AS median_days
  FROM item
 CROSS JOIN stage
  LEFT JOIN seen ON seen.item_no = item.item_no AND seen.stage_rank = stage.stage_rank
 GROUP BY item.origin, item.destination, to_char(item.cohort_at, 'IYYY-"W"IW'),
          date_trunc('week', item.cohort_at)::date, stage.stage_rank, stage.stage;

COMMENT ON VIEW hkpost.milestone_funnel IS 'How far mail gets: for each lane, week of posting and stage of the journey, how many items came to it. Reads every event: narrow it to what you need, or keep its result.';
COMMENT ON COLUMN hkpost.milestone_funnel.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.milestone_funnel.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.milestone_funnel.posting_week IS 'ISO week of posting, such as 2026-W09; of the first event, or of the registration, where the posting is not known.';
COMMENT ON COLUMN hkpost.milestone_funnel.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.milestone_funnel.stage_rank IS 'Order of the stages: sort by it.';
COMMENT ON COLUMN hkpost.milestone_funnel.stage IS 'Stage of the journey: dim_event_type.';
COMMENT ON COLUMN hkpost.milestone_funnel.items IS 'All items of the lane and week.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_reached IS 'Items of them that came to this stage or to a later one.';
COMMENT ON COLUMN hkpost.milestone_funnel.share_reached IS 'items_reached as a share of items, 0 to 1.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_seen IS 'Items with an event of this very stage: many posts report only some.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_furthest IS 'Items that came to this stage and no further.';
COMMENT ON COLUMN hkpost.milestone_funnel.median_days IS 'Median days from posting to the first event of this stage.';
