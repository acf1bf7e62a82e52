-- Is what was promised kept? Against hkpost.delivery_target, which the business fills, by lane, service and week.

CREATE OR REPLACE VIEW hkpost.on_time AS
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'minimum_items_of_a_share') AS minimum_items,
           max(value::integer) FILTER (WHERE name = 'undecided_percent') AS undecided_percent,
           (now() AT TIME ZONE 'Asia/Hong_Kong')::date AS today
      FROM hkpost.setting
), item AS (
    SELECT journey.origin,
           journey.destination,
           journey.service,
           journey.week_start,
           journey.outcome,
           journey.state = ANY (ARRAY(SELECT state FROM hkpost.dim_state WHERE is_terminal)) AS has_ended,
           journey.unclassified_events,
           target.target_days,
           -- Open: for how long it is known not to be delivered.
           CASE WHEN outcome = 'open' THEN coalesce(answered_on, (SELECT today FROM setting)) - posted_on
                ELSE followed_days
           END AS days
      FROM hkpost.journey
      LEFT JOIN LATERAL (
            SELECT t.target_days
              FROM hkpost.delivery_target t
             WHERE t.origin IN ('', journey.origin)
               AND t.destination IN ('', journey.destination)
               AND t.service IN ('', journey.service)
               AND t.valid_from <= journey.posted_on
             ORDER BY t.destination = '', t.service = '', t.origin = '', t.valid_from DESC
             LIMIT 1
           ) AS target ON true
     WHERE journey.posted_at IS NOT NULL
), counted AS (
    SELECT origin,
           destination,
           service,
           week_start,
           target_days,
           count(*) AS items_posted,
           count(*) FILTER (WHERE outcome = 'delivered' AND days <= target_days) AS items_on_time,
           count(*) FILTER (WHERE outcome = 'delivered' AND days > target_days) AS items_late,
           count(*) FILTER (WHERE outcome = 'open' AND days > target_days) AS items_overdue,
           count(*) FILTER (WHERE outcome = 'open' AND (days > target_days) IS NOT TRUE) AS items_undecided,
           count(*) FILTER (WHERE outcome = 'not_delivered' AND has_ended) AS items_not_delivered,
           count(*) FILTER (WHERE outcome = 'not_delivered' AND NOT has_ended OR outcome = 'undated'
                               OR outcome = 'delivered' AND target_days IS NULL) AS items_unknown,
           count(*) FILTER (WHERE unclassified_events > 0 AND outcome <> 'delivered') AS items_unclassified
      FROM item
     GROUP BY origin, destination, service, week_start, target_days
)
SELECT counted.origin,
       counted.destination,
       counted.service,
       to_char(week_start, 'IYYY-"W"IW') AS posting_week,
       week_start,
       target_days,
       items_posted,
       items_on_time,
       items_late,
       items_overdue,
       items_undecided,
       items_not_delivered,
       items_unknown,
       items_unclassified,
       lane.reports AS lane_reports,
       matured.is_mature,
       CASE WHEN is_mature THEN n ELSE 0 END AS n,
       CASE WHEN is_mature AND n >= minimum_items AND lane.reports IS NOT FALSE
            THEN round(items_on_time::numeric / n, 4)
       END AS share_on_time
  FROM counted
 CROSS JOIN setting
 CROSS JOIN LATERAL (
       SELECT items_on_time + items_late + items_overdue AS n,
              coalesce(week_start + 6 + target_days < today
                       AND 100 * items_undecided <= undecided_percent * items_posted, false) AS is_mature) AS matured
  LEFT JOIN hkpost.lane_history AS lane
    ON lane.origin = counted.origin AND lane.destination = counted.destination
   AND lane.service = coalesce(counted.service, '');

COMMENT ON VIEW hkpost.on_time IS 'How many items were delivered within the days of hkpost.delivery_target, by lane, kind of service and ISO week of posting. Where no target is set, target_days and the share are null. The six counts after items_posted add up to it. Filter on week_start, and on destination where one will do: it makes it quick.';
COMMENT ON COLUMN hkpost.on_time.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.on_time.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.on_time.service IS 'Kind of service: first letter of the item number (E express, R registered, C parcel, L tracked letter …); null when the number is not of that form.';
COMMENT ON COLUMN hkpost.on_time.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.on_time.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.on_time.target_days IS 'Target in calendar days; null when delivery_target has none. A target that changed within the week gives two rows.';
COMMENT ON COLUMN hkpost.on_time.items_posted IS 'Items posted: the six counts that follow add up to it.';
COMMENT ON COLUMN hkpost.on_time.items_on_time IS 'Items delivered within the target: day of delivery there minus day of posting in Hong Kong.';
COMMENT ON COLUMN hkpost.on_time.items_late IS 'Items delivered after it.';
COMMENT ON COLUMN hkpost.on_time.items_overdue IS 'Open items that were not delivered yet when they were last answered about, after the target had passed.';
COMMENT ON COLUMN hkpost.on_time.items_undecided IS 'Open items whose target had not passed when they were last answered about: they count in no share.';
COMMENT ON COLUMN hkpost.on_time.items_not_delivered IS 'Items whose journey ended otherwise (returned to the sender, say: the other terminal states of dim_state): they count in no share.';
COMMENT ON COLUMN hkpost.on_time.items_unknown IS 'Closed items of which no day of delivery is known (expired, not found, cancelled, delivered by the milestone alone …), and delivered ones without a target: they count in no share.';
COMMENT ON COLUMN hkpost.on_time.items_unclassified IS 'Items, of whichever of the six, not known to be delivered whose latest events have no meaning yet: they may be deliveries (unclassified_wording).';
COMMENT ON COLUMN hkpost.on_time.lane_reports IS 'Whether the lane is heard of after the departure: false where hardly any item is, so that nothing is known of its deliveries; null where too few left to tell.';
COMMENT ON COLUMN hkpost.on_time.is_mature IS 'True when the target of all of the week''s items has passed and at most undecided_percent in a hundred of them are undecided.';
COMMENT ON COLUMN hkpost.on_time.n IS 'Items that the share is taken from: on time, late and overdue; 0 until the week is mature.';
COMMENT ON COLUMN hkpost.on_time.share_on_time IS 'items_on_time as a share of n, 0 to 1; null until the week is mature, where n is less than minimum_items_of_a_share, and on a lane that does not report.';
