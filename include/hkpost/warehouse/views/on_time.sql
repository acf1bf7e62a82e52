-- Is what was promised kept? Against hkpost.delivery_target, which the business fills, by lane, service and week.

CREATE OR REPLACE VIEW hkpost.on_time AS
WITH item AS (
    SELECT journey.origin,
           journey.destination,
           journey.service,
           journey.week_start,
           target.target_days,
           journey.is_open,
           journey.state = ANY (ARRAY(SELECT ending.state FROM hkpost.dim_state ending
                                       WHERE ending.is_terminal AND ending.state <> 'delivered')) AS is_not_delivered,
           CASE WHEN journey.state = 'delivered' AND journey.delivered_on >= journey.posted_on
                THEN journey.delivered_on - journey.posted_on
           END AS days,
           (now() AT TIME ZONE 'Asia/Hong_Kong')::date - journey.posted_on AS age_days
      FROM hkpost.item_journey journey
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
)
SELECT origin,
       destination,
       service,
       to_char(week_start, 'IYYY-"W"IW') AS posting_week,
       week_start,
       target_days,
       count(*) AS items_posted,
       count(*) FILTER (WHERE days <= target_days) AS items_on_time,
       count(*) FILTER (WHERE days > target_days) AS items_late,
       count(*) FILTER (WHERE is_open AND age_days > target_days) AS items_overdue,
       count(*) FILTER (WHERE is_open AND age_days <= target_days) AS items_undecided,
       count(*) FILTER (WHERE is_not_delivered) AS items_not_delivered,
       count(*) FILTER (WHERE NOT is_open AND NOT is_not_delivered AND days IS NULL) AS items_unknown,
       round(count(*) FILTER (WHERE days <= target_days)::numeric
             / nullif(count(*) FILTER (WHERE days <= target_days OR days > target_days
                                          OR is_open AND age_days > target_days), 0), 4)
           AS share_on_time,
       round(count(*) FILTER (WHERE days <= target_days)::numeric / nullif(count(*) FILTER (WHERE days <= target_days OR days > target_days), 0), 4)
           AS share_on_time_of_delivered,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)::numeric, 1) AS median_days,
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY days)::numeric, 1) AS p90_days
  FROM item
 GROUP BY origin, destination, service, week_start, target_days;

COMMENT ON VIEW hkpost.on_time IS 'How many items were delivered within the days of hkpost.delivery_target, by lane, kind of service and ISO week of posting. Where no target is set, target_days and the shares are null and only the days are told. Where a destination reports no deliveries, items grow overdue that may have arrived (stuck_item.lane_reports tells). Filter on week_start, and on destination where one will do: it makes it quick.';
COMMENT ON COLUMN hkpost.on_time.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.on_time.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.on_time.service IS 'Kind of service: first letter of the item number (E express, R registered, C parcel, L tracked letter …); empty when the number is not of that form.';
COMMENT ON COLUMN hkpost.on_time.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.on_time.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.on_time.target_days IS 'Target in calendar days; null when delivery_target has none. A target that changed within the week gives two rows.';
COMMENT ON COLUMN hkpost.on_time.items_posted IS 'Items posted. With a target, the six counts that follow add up to it.';
COMMENT ON COLUMN hkpost.on_time.items_on_time IS 'Items delivered within the target: day of delivery there minus day of posting in Hong Kong.';
COMMENT ON COLUMN hkpost.on_time.items_late IS 'Items delivered after it.';
COMMENT ON COLUMN hkpost.on_time.items_overdue IS 'Open items whose target has passed.';
COMMENT ON COLUMN hkpost.on_time.items_undecided IS 'Open items whose target has not passed: they count in no share.';
COMMENT ON COLUMN hkpost.on_time.items_not_delivered IS 'Items whose journey ended otherwise (returned to the sender, say: the other terminal states of dim_state): they count in no share.';
COMMENT ON COLUMN hkpost.on_time.items_unknown IS 'Closed items of which no day of delivery is known (expired, not found, delivered by the milestone alone …): they count in no share.';
COMMENT ON COLUMN hkpost.on_time.share_on_time IS 'items_on_time as a share of items on time, late and overdue, 0 to 1.';
COMMENT ON COLUMN hkpost.on_time.share_on_time_of_delivered IS 'items_on_time as a share of items on time and late: it flatters a week with many overdue items.';
COMMENT ON COLUMN hkpost.on_time.median_days IS 'Median calendar days from posting to delivery, of the delivered items.';
COMMENT ON COLUMN hkpost.on_time.p90_days IS 'Nine of ten delivered items took at most so many.';
