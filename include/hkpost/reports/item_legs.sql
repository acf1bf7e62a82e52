-- The stages of one item's journey: when it entered each, how long it stayed, and how long its lane's mail usually does.
-- Usual is taken from the lane's latest 1,000 items posted 5 to 30 weeks ago, so that slow ones had the time to go on;
-- null for fewer than minimum_items_of_a_share.
WITH item AS (
    SELECT * FROM hkpost.item_journey WHERE item_no = :item_no
), peer AS MATERIALIZED (
    SELECT peer.*
    FROM item
    CROSS JOIN LATERAL (
        SELECT *
        FROM hkpost.item_journey AS journey
        WHERE journey.week_start BETWEEN current_date - 210 AND current_date - 35
          AND journey.destination = item.destination AND journey.origin IS NOT DISTINCT FROM item.origin
          AND journey.service IS NOT DISTINCT FROM item.service AND journey.posted_at IS NOT NULL
        ORDER BY journey.week_start DESC
        LIMIT 1000) AS peer
), stay AS (
    SELECT journey.item_no, leg.*, extract(epoch FROM leg.left_at - leg.entered_at)::double precision / 86400 AS days
    FROM (SELECT * FROM item UNION ALL SELECT * FROM peer) AS journey
    CROSS JOIN LATERAL (VALUES
        (1, 'posting', posting_stage_at,
         least(origin_at, transit_at, destination_at, customs_at, delivery_stage_at, final_at)),
        (2, 'origin', origin_at, least(transit_at, destination_at, customs_at, delivery_stage_at, final_at)),
        (3, 'transit', transit_at, least(destination_at, customs_at, delivery_stage_at, final_at)),
        (4, 'destination', destination_at, least(customs_at, delivery_stage_at, final_at)),
        (5, 'customs', customs_at, least(delivery_stage_at, final_at)),
        (6, 'delivery', delivery_stage_at, final_at),
        (7, 'final', coalesce(final_at, CASE WHEN state = 'delivered' THEN delivered_at END), NULL)
    ) AS leg (place, stage, entered_at, left_at)
), usual AS (
    SELECT place, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS p50_days,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY days) AS p90_days
    FROM stay
    -- An event before the one that must precede it is somebody's clock.
    WHERE days >= 0 AND item_no <> :item_no
    GROUP BY place
    HAVING count(*) >= (SELECT value::integer FROM hkpost.setting WHERE name = 'minimum_items_of_a_share')
)
SELECT stay.stage, stay.entered_at,
       round(CASE
           WHEN stay.days >= 0 THEN stay.days
           WHEN stay.left_at IS NULL AND stay.place = latest.place AND item.is_open
               THEN extract(epoch FROM now() - stay.entered_at)::double precision / 86400
       END::numeric, 1)::double precision AS days,
       round(usual.p50_days::numeric, 1)::double precision AS usual_days,
       round(usual.p90_days::numeric, 1)::double precision AS usual_p90, usual.n,
       stay.place IS NOT DISTINCT FROM latest.place AS is_current
FROM item
JOIN stay ON stay.item_no = item.item_no
CROSS JOIN (SELECT max(place) AS place FROM stay WHERE item_no = :item_no AND entered_at IS NOT NULL) AS latest
LEFT JOIN usual ON usual.place = stay.place
ORDER BY stay.place;
