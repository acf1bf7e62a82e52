-- How many items of each lane reached each stage, how long they stayed there, and what became of them how long after:
-- few rows, from which hkpost.lanes makes the curves. Items posted within lane_history_days. A lane with more than :most
-- of them is counted by what happened lately: in as many days as that many items take, but in 45 days at the least; if
-- they are still more, one in some stands for the others, by its number: the same ones each time. An item that came into
-- its stage before these days counts from then on (late).
WITH setting AS (
    SELECT make_interval(days => value::integer) AS history FROM hkpost.setting WHERE name = 'lane_history_days'
), crowded AS (
    SELECT origin, destination, service, now() - lately AS since,
           ceil(items * extract(epoch FROM lately) / extract(epoch FROM history) / :most)::integer AS one_in
    FROM (
        SELECT coalesce(origin, '') AS origin, coalesce(destination, '') AS destination,
               coalesce(service, '') AS service, count(*) AS items
        FROM hkpost.item_journey
        WHERE week_start >= (now() - (SELECT history FROM setting))::date
        GROUP BY 1, 2, 3
        HAVING count(*) > :most
    ) AS lane
    CROSS JOIN setting
    CROSS JOIN LATERAL (
        SELECT least(greatest(history * (CAST(:most AS double precision) / items), interval '45 days'), history) AS lately
    ) AS counted
), item AS MATERIALIZED (
    SELECT coalesce(journey.origin, '') AS origin, coalesce(journey.destination, '') AS destination,
           coalesce(journey.service, '') AS service, journey.state = 'delivered' AS is_delivered,
           journey.is_open, registered_at, posting_stage_at, origin_at, transit_at, destination_at, customs_at,
           delivery_stage_at,
           CASE
               -- Delivered at a time that is not known: when we learned it.
               WHEN journey.state = 'delivered' THEN coalesce(journey.delivered_at, known.closed_at)
               WHEN journey.is_open THEN known.known_until
               ELSE coalesce(journey.final_at, known.closed_at)
           END AS until,
           -- Told with a date only: some time of that day. 00:00 on the clock of the place says so.
           journey.state = 'delivered'
               AND journey.delivered_at = journey.delivered_on::timestamp AT TIME ZONE country.principal_zone AS is_a_day,
           coalesce(crowded.since, '-infinity') AS since
    FROM hkpost.item_journey AS journey
    LEFT JOIN crowded
        ON crowded.origin = coalesce(journey.origin, '') AND crowded.destination = coalesce(journey.destination, '')
       AND crowded.service = coalesce(journey.service, '')
    LEFT JOIN hkpost.dim_country AS country ON country.country_code = journey.destination
    LEFT JOIN LATERAL (
        SELECT closed_at,
               coalesce(greatest(last_answered_at, CASE WHEN api_status = 1001 THEN last_polled_at END),
                        item.registered_at) AS known_until
        FROM hkpost.mail_item AS item
        WHERE item.item_no = journey.item_no
    ) AS known ON true
    WHERE journey.week_start >= (now() - (SELECT history FROM setting))::date
      -- Not "= 0": the planner would expect a handful of rows.
      AND abs(hashtext(journey.item_no) % coalesce(crowded.one_in, 1)) < 1
), stay AS (
    SELECT origin, destination, service, stage, entered_at, left_at, until, is_delivered, is_open, is_a_day, since
    FROM item
    CROSS JOIN LATERAL (VALUES
        ('registered', registered_at,
         least(posting_stage_at, origin_at, transit_at, destination_at, customs_at, delivery_stage_at)),
        ('posting', posting_stage_at, least(origin_at, transit_at, destination_at, customs_at, delivery_stage_at)),
        ('origin', origin_at, least(transit_at, destination_at, customs_at, delivery_stage_at)),
        ('transit', transit_at, least(destination_at, customs_at, delivery_stage_at)),
        ('destination', destination_at, least(customs_at, delivery_stage_at)),
        ('customs', customs_at, delivery_stage_at),
        ('delivery', delivery_stage_at, NULL::timestamptz)
    ) AS reached(stage, entered_at, left_at)
    -- A stage that was told after a further one was never the furthest; an end before it is somebody's clock.
    WHERE isfinite(entered_at) AND isfinite(until) AND until >= since
      AND entered_at <= coalesce(left_at, 'infinity')
      AND entered_at <= CASE WHEN is_a_day THEN until + interval '1 day' ELSE until END
), timed AS (
    SELECT origin, destination, service, stage, is_delivered, is_open,
           date_part('epoch', left_at - entered_at) / 86400 AS left_after,
           CASE
               -- The middle of what is left of the day.
               WHEN is_a_day THEN (greatest(date_part('epoch', until - entered_at), 0)
                                   + date_part('epoch', until - entered_at) + 86400) / 2
               ELSE date_part('epoch', until - entered_at)
           END / 86400 AS ended_after,
           CASE WHEN entered_at < since AND isfinite(since) THEN date_part('epoch', since - entered_at) / 86400 END
               AS late_after
    FROM stay
), classed AS (
    SELECT origin, destination, service, stage, is_delivered, is_open,
           width_bucket(least(left_after, ended_after), CAST(:waited AS double precision[])) - 1 AS stayed,
           width_bucket(ended_after, CAST(:classes AS double precision[])) - 1 AS class,
           CASE WHEN late_after IS NOT NULL
                THEN width_bucket(least(late_after, ended_after), CAST(:classes AS double precision[])) - 1 END AS late_class
    FROM timed
)
SELECT origin, destination, service, stage, stayed, class, sum(delivered)::bigint AS delivered,
       sum(ended)::bigint AS ended, sum(censored)::bigint AS censored, sum(late)::bigint AS late
FROM (
    SELECT origin, destination, service, stage, stayed, class, count(*) FILTER (WHERE is_delivered) AS delivered,
           count(*) FILTER (WHERE NOT is_delivered AND NOT is_open) AS ended, count(*) FILTER (WHERE is_open) AS censored,
           0 AS late
    FROM classed
    GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT origin, destination, service, stage, stayed, late_class, 0, 0, 0, count(*)
    FROM classed
    WHERE late_class IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
) AS counted
GROUP BY 1, 2, 3, 4, 5, 6;
