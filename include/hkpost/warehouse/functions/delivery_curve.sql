-- The share of items delivered by each day, open items and other ends taken into account: Aalen and Johansen's
-- estimate from counts by day. What delivery_performance, lead_time_curve, lane_history and lane_alert all stand on.
-- An item that was last answered on a day was at risk for half of that day (the actuarial convention).
-- PARALLEL SAFE and without tables, so that the planner puts it into the query that calls it.

CREATE OR REPLACE FUNCTION hkpost.delivery_curve(
    days integer[], delivered bigint[], not_delivered bigint[], followed_until bigint[])
RETURNS TABLE (
    day             integer,
    at_risk         bigint,
    delivered       bigint,
    items_known     bigint,
    share_delivered numeric,
    share_low       numeric,
    share_high      numeric
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH of_day AS (
        SELECT t.day,
               sum(t.delivered)::bigint AS delivered,
               sum(t.delivered + t.not_delivered)::bigint AS ended,
               sum(t.followed_until)::bigint AS followed_until
          FROM unnest(days, delivered, not_delivered, followed_until) AS t (day, delivered, not_delivered, followed_until)
         GROUP BY t.day
    ), counted AS (
        SELECT of_day.*,
               sum(of_day.ended + of_day.followed_until) OVER (ORDER BY of_day.day DESC)::bigint AS at_risk,
               (sum(of_day.ended + of_day.followed_until) OVER ()
                - coalesce(sum(of_day.followed_until) OVER (
                      ORDER BY of_day.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint AS items_known
          FROM of_day
    ), chance AS (
        SELECT counted.*, counted.at_risk - counted.followed_until / 2.0::double precision AS exposed FROM counted
    ), left_over AS (
        SELECT chance.*,
               coalesce(exp(sum(CASE WHEN ended < exposed THEN ln(1 - ended / exposed) END) OVER (
                   ORDER BY chance.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), 1) AS share_left
          FROM chance
    ), curve AS (
        SELECT left_over.*, sum(share_left * left_over.delivered / exposed) OVER (ORDER BY left_over.day) AS share
          FROM left_over
    )
    SELECT curve.day,
           curve.at_risk,
           curve.delivered,
           curve.items_known,
           round(share::numeric, 6),
           -- Wilson's interval for 95 in 100, of the items whose fate on that day is known.
           round(greatest(0, (share + 1.9208 / items_known
               - 1.96 * sqrt(greatest(0, share * (1 - share)) / items_known + 0.9604 / items_known / items_known))
               / (1 + 3.8416 / items_known))::numeric, 6),
           round(least(1, (share + 1.9208 / items_known
               + 1.96 * sqrt(greatest(0, share * (1 - share)) / items_known + 0.9604 / items_known / items_known))
               / (1 + 3.8416 / items_known))::numeric, 6)
      FROM curve
     ORDER BY curve.day;
END;

COMMENT ON FUNCTION hkpost.delivery_curve(integer[], bigint[], bigint[], bigint[]) IS 'The share of items delivered by each day after posting, from counts by day: how many were delivered, how many ended otherwise, and how many open ones were followed no further. items_known are those whose fate on that day is known. docs/measures.md has the formula.';
