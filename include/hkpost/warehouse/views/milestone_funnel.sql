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
    SELECT journey.*,
           -- What is posted has come that far, whatever its events say.
           greatest(journey.furthest_rank, by_state.stage_rank,
                    (SELECT stage_rank FROM stage WHERE stage = 'posting')) AS reached_rank,
           -- Domestic mail leaves no country: it comes through no office of exchange and no customs.
           coalesce(origin = destination, false) AS is_domestic
      FROM hkpost.item_journey journey
      LEFT JOIN by_state ON by_state.state = journey.state
     WHERE posted_at IS NOT NULL
), lane AS (
    SELECT origin,
           destination,
           week_start,
           count(*) AS items,
           count(*) FILTER (WHERE is_open) AS items_open,
           count(*) FILTER (WHERE unclassified_events > 0 AND state <> 'delivered') AS items_unclassified,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'posting')) AS posting_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'posting')) AS posting_furthest,
           count(posting_stage_at) AS posting_seen,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'origin')) AS origin_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'origin')) AS origin_furthest,
           count(origin_at) AS origin_seen,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'transit')
                                AND (NOT is_domestic OR reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'transit') OR transit_at IS NOT NULL)) AS transit_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'transit')) AS transit_furthest,
           count(transit_at) AS transit_seen,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'destination')
                                AND (NOT is_domestic OR reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'destination') OR destination_at IS NOT NULL)) AS destination_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'destination')) AS destination_furthest,
           count(destination_at) AS destination_seen,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'customs')
                                AND (NOT is_domestic OR reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'customs') OR customs_at IS NOT NULL)) AS customs_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'customs')) AS customs_furthest,
           count(customs_at) AS customs_seen,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'delivery')) AS delivery_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'delivery')) AS delivery_furthest,
           count(delivery_stage_at) AS delivery_seen,
           count(*) FILTER (WHERE reached_rank >= (SELECT stage_rank FROM stage WHERE stage = 'final')) AS final_reached,
           count(*) FILTER (WHERE reached_rank = (SELECT stage_rank FROM stage WHERE stage = 'final')) AS final_furthest,
           count(final_at) AS final_seen
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
       lane.items_open,
       lane.items_unclassified
  FROM lane
 CROSS JOIN LATERAL (
       VALUES
           ('posting', posting_reached, posting_furthest, posting_seen),
           ('origin', origin_reached, origin_furthest, origin_seen),
           ('transit', transit_reached, transit_furthest, transit_seen),
           ('destination', destination_reached, destination_furthest, destination_seen),
           ('customs', customs_reached, customs_furthest, customs_seen),
           ('delivery', delivery_reached, delivery_furthest, delivery_seen),
           ('final', final_reached, final_furthest, final_seen)
       ) AS counted(stage, reached, furthest, seen)
  JOIN stage ON stage.stage = counted.stage;

COMMENT ON VIEW hkpost.milestone_funnel IS 'How far mail gets: for each lane, week of posting and stage of the journey, how many of the items posted came to it. While there are items_open, they have not come as far as they will. Filter on week_start, and on destination where one will do: it makes it quick.';
COMMENT ON COLUMN hkpost.milestone_funnel.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.milestone_funnel.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.milestone_funnel.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.milestone_funnel.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.milestone_funnel.stage_rank IS 'Order of the stages: sort by it.';
COMMENT ON COLUMN hkpost.milestone_funnel.stage IS 'Stage of the journey: dim_event_type.';
COMMENT ON COLUMN hkpost.milestone_funnel.items IS 'Items of the lane that were posted in the week: items_furthest of all stages together.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_reached IS 'Items of them that came to this stage or to a later one; of domestic mail, to transit, destination or customs only what came to that very stage.';
COMMENT ON COLUMN hkpost.milestone_funnel.share_reached IS 'items_reached as a share of items, 0 to 1.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_seen IS 'Items with an event of this very stage whose instant is known: many posts report only some.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_furthest IS 'Items that came to this stage and no further.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_open IS 'Items of the lane and week that are still open: they may come further.';
COMMENT ON COLUMN hkpost.milestone_funnel.items_unclassified IS 'Items of the lane and week, not known to be delivered, whose latest events have no meaning yet: they may have come further (unclassified_wording).';
