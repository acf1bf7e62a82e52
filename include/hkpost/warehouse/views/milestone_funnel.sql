-- How far mail gets: for each lane and week of posting, how many items came to each stage of the journey.
-- One pass over the journeys gives a row a lane and week; then each stage gets its own.

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
), lane AS (
    SELECT origin,
           destination,
           week_start,
           count(*) AS items,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'posting')) AS posting_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'posting')) AS posting_furthest,
           count(posting_at) AS posting_seen,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', posting_at - posted_at))
               FILTER (WHERE posting_at >= posted_at) AS posting_seconds,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'origin')) AS origin_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'origin')) AS origin_furthest,
           count(origin_at) AS origin_seen,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', origin_at - posted_at))
               FILTER (WHERE origin_at >= posted_at) AS origin_seconds,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'transit')) AS transit_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'transit')) AS transit_furthest,
           count(transit_at) AS transit_seen,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', transit_at - posted_at))
               FILTER (WHERE transit_at >= posted_at) AS transit_seconds,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'destination')) AS destination_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'destination')) AS destination_furthest,
           count(destination_at) AS destination_seen,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', destination_at - posted_at))
               FILTER (WHERE destination_at >= posted_at) AS destination_seconds,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'customs')) AS customs_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'customs')) AS customs_furthest,
           count(customs_at) AS customs_seen,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', customs_at - posted_at))
               FILTER (WHERE customs_at >= posted_at) AS customs_seconds,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'delivery')) AS delivery_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'delivery')) AS delivery_furthest,
           count(delivery_at) AS delivery_seen,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', delivery_at - posted_at))
               FILTER (WHERE delivery_at >= posted_at) AS delivery_seconds,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'final')) AS final_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'final')) AS final_furthest,
           count(final_at) AS final_seen,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', final_at - posted_at))
               FILTER (WHERE final_at >= posted_at) AS final_seconds
      FROM item
     GROUP BY origin, destination, week_start
)
SELECT lane.origin,
       lane.destination,
       to_char(lane.week_start, 'IYYY-"W"IW') AS posting_week,
       lane.week_start,
       stage.stage_rank,
       stage.stage,
       lane.items,
       counted.reached AS items_reached,
       round(counted.reached::numeric / lane.items, 4) AS share_reached,
       counted.seen AS items_seen,
       counted.furthest AS items_furthest,
       round((counted.median_seconds / 86400)::numeric, 2) AS median_days
  FROM lane
 CROSS JOIN LATERAL (
       VALUES
           ('posting', posting_reached, posting_furthest, posting_seen, posting_seconds),
           ('origin', origin_reached, origin_furthest, origin_seen, origin_seconds),
           ('transit', transit_reached, transit_furthest, transit_seen, transit_seconds),
           ('destination', destination_reached, destination_furthest, destination_seen, destination_seconds),
           ('customs', customs_reached, customs_furthest, customs_seen, customs_seconds),
           ('delivery', delivery_reached, delivery_furthest, delivery_seen, delivery_seconds),
           ('final', final_reached, final_furthest, final_seen, final_seconds)
       ) AS counted(stage, reached, furthest, seen, median_seconds)
  JOIN stage ON stage.stage = counted.stage;

COMMENT ON VIEW hkpost.milestone_funnel IS 'How far mail gets: for each lane, week of posting and stage of the journey, how many items came to it. Items that were asked about at least once; a young week''s items have not come as far as they will. Filter on week_start, and on destination where one will do: it makes it quick.';
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
