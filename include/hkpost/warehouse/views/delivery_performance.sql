-- How long mail takes: lead times by lane (origin, destination, service) and ISO week of posting.
-- One pass over the journeys counts them by day; the curve is made of these counts.

CREATE OR REPLACE VIEW hkpost.delivery_performance AS
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'minimum_items_of_a_share') AS minimum_items,
           max(value::integer) FILTER (WHERE name = 'undecided_percent') AS undecided_percent,
           max(value::integer) FILTER (WHERE name = 'maturity_days') AS maturity_days
      FROM hkpost.setting
), week AS (
    SELECT origin,
           destination,
           service,
           week_start,
           sum(items)::bigint AS items,
           sum(still_open)::bigint AS still_open,
           coalesce(sum(still_open) FILTER (WHERE day < (SELECT maturity_days FROM setting)), 0) AS young,
           sum(not_delivered)::bigint AS ended,
           sum(unclassified)::bigint AS unclassified,
           array_agg(day) AS days,
           array_agg(delivered) AS delivered,
           array_agg(not_delivered) AS not_delivered,
           array_agg(followed_until) AS followed_until
      FROM hkpost.lead_time_count
     GROUP BY origin, destination, service, week_start
)
SELECT week.origin,
       week.destination,
       week.service,
       to_char(week_start, 'IYYY-"W"IW') AS posting_week,
       week_start,
       items AS items_posted,
       items - still_open - ended AS items_delivered,
       still_open AS items_open,
       ended AS items_not_delivered,
       unclassified AS items_unclassified,
       lane.reports AS lane_reports,
       100 * young <= undecided_percent * items AS is_mature,
       took.p50_days,
       took.p90_days,
       took.p95_days
  FROM week
 CROSS JOIN setting
 CROSS JOIN LATERAL hkpost.lead_times(days, delivered, not_delivered, followed_until, minimum_items) AS took
  LEFT JOIN hkpost.lane_history AS lane
    ON lane.origin = week.origin AND lane.destination = week.destination
   AND lane.service = coalesce(week.service, '');

COMMENT ON VIEW hkpost.delivery_performance IS 'Lead times from posting to delivery, by lane (origin, destination, kind of service) and ISO week of posting, open items and other ends taken into account (docs/measures.md). Filter on week_start, and on destination where one will do: it makes it quick. Two years of all lanes are seconds on tens of millions of events.';
COMMENT ON COLUMN hkpost.delivery_performance.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.delivery_performance.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.delivery_performance.service IS 'Kind of service: first letter of the item number (E express, R registered, C parcel, L tracked letter …); null when the number is not of that form.';
COMMENT ON COLUMN hkpost.delivery_performance.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.delivery_performance.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.delivery_performance.items_posted IS 'Items posted: items_delivered, items_open and items_not_delivered together.';
COMMENT ON COLUMN hkpost.delivery_performance.items_delivered IS 'Items of them that are delivered.';
COMMENT ON COLUMN hkpost.delivery_performance.items_open IS 'Items of them that are still open.';
COMMENT ON COLUMN hkpost.delivery_performance.items_not_delivered IS 'Items of them that came to another end: returned, expired, not found, cancelled.';
COMMENT ON COLUMN hkpost.delivery_performance.items_unclassified IS 'Items not known to be delivered whose latest events have no meaning yet: they may be deliveries (unclassified_wording).';
COMMENT ON COLUMN hkpost.delivery_performance.lane_reports IS 'Whether the lane is heard of after the departure: false where hardly any item is, so that nothing is known of its deliveries; null where too few left to tell.';
COMMENT ON COLUMN hkpost.delivery_performance.is_mature IS 'True when at most undecided_percent in a hundred of the items are open and were followed for less than maturity_days: the figures hardly change any more.';
COMMENT ON COLUMN hkpost.delivery_performance.p50_days IS 'Calendar days, that of posting being day 0, within which half of the items posted are delivered; null when not half are yet, or when it would stand on fewer items than minimum_items_of_a_share.';
COMMENT ON COLUMN hkpost.delivery_performance.p90_days IS 'The same for nine of ten.';
COMMENT ON COLUMN hkpost.delivery_performance.p95_days IS 'The same for nineteen of twenty.';
