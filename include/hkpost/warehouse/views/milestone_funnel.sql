-- How far mail gets: for each lane and week of posting, how many items came to each stage of the journey.

CREATE OR REPLACE VIEW hkpost.milestone_funnel AS
WITH stage AS (
    SELECT stage, min(stage_rank) AS stage_rank
      FROM hkpost.dim_event_type
     WHERE event_type <> 'unclassified' AND stage IS NOT NULL AND stage_rank IS NOT NULL
     GROUP BY stage
), by_state AS (
    -- A milestone may say where an item is while no event does.
    SELECT t.state, min(stage.stage_rank) AS stage_rank
      FROM hkpost.dim_event_type t
      JOIN stage ON stage.stage = t.stage
     WHERE t.state <> 'registered'
     GROUP BY t.state
), item AS (
    SELECT journey.*, greatest(journey.furthest_rank, by_state.stage_rank) AS reached_rank
      FROM hkpost.item_journey journey
      LEFT JOIN by_state ON by_state.state = journey.state
)
SELECT item.origin,
       item.destination,
       to_char(item.week_start, 'IYYY-"W"IW') AS posting_week,
       item.week_start,
       stage.stage_rank,
       stage.stage,
       count(*) AS items,
       count(*) FILTER (WHERE item.reached_rank >= stage.stage_rank) AS items_reached,
       round((count(*) FILTER (WHERE item.reached_rank >= stage.stage_rank))::numeric / count(*), 4)
           AS share_reached,
       count(seen.first_at) AS items_seen,
       count(*) FILTER (WHERE item.reached_rank = stage.stage_rank) AS items_furthest,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM seen.first_at - item.posted_at) / 86400)
              FILTER (WHERE seen.first_at >= item.posted_at))::numeric, 2) AS median_days
  FROM item
 CROSS JOIN stage
 CROSS JOIN LATERAL (
       SELECT CASE stage.stage
                   WHEN 'posting' THEN item.posting_at
                   WHEN 'origin' THEN item.origin_at
                   WHEN 'transit' THEN item.transit_at
                   WHEN 'destination' THEN item.destination_at
                   WHEN 'customs' THEN item.customs_at
                   WHEN 'delivery' THEN item.delivery_at
                   WHEN 'final' THEN item.final_at
              END AS first_at
       ) AS seen
 GROUP BY item.origin, item.destination, item.week_start, stage.stage_rank, stage.stage;

COMMENT ON VIEW hkpost.milestone_funnel IS 'How far mail gets: for each lane, week of posting and stage of the journey, how many items came to it. Items that were asked about at least once; a young week''s items have not come as far as they will. Filter on week_start or destination: it makes it quick.';
COMMENT ON COLUMN hkpost.milestone_funnel.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.milestone_funnel.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.milestone_funnel.posting_week IS 'ISO week of posting, such as 2026-W09; of the first event, or of the registration, where the posting is not known.';
COMMENT ON COLUMN hkpost.milestone_funnel.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.milestone_funnel.stage_rank IS 'Order of the stages: sort by it.';
COMMENT ON COLUMN hkpost.milestone_funnel.stage IS 'Stage of the journey: dim_event_type.';
COMMENT ON COLUMN hkpost.milestone_funnel.items IS 'All items of the lane and week.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_reached IS 'Items of them that came to this stage or to a later one.';
COMMENT ON COLUMN hkpost.milestone_funnel.share_reached IS 'items_reached as a share of items, 0 to 1.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_seen IS 'Items with an event of this very stage whose instant is known: many posts report only some.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_furthest IS 'Items that came to this stage and no further.';
COMMENT ON COLUMN hkpost.milestone_funnel.median_days IS 'Median days from posting to the first event of this stage.';
