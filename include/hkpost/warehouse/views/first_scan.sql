-- How long until the post has an item in its hands? By lane and ISO week.

CREATE OR REPLACE VIEW hkpost.first_scan AS
WITH item AS (
    SELECT journey.*,
           CASE WHEN first_scan_at >= registered_at AND isfinite(registered_at)
                THEN date_part('epoch', first_scan_at - registered_at) / 3600
           END AS hours_from_registration,
           CASE WHEN posting_stage_at < first_scan_at
                THEN date_part('epoch', first_scan_at - posting_stage_at) / 3600
           END AS hours_from_pre_advice
      FROM hkpost.item_journey journey
)
SELECT origin,
       destination,
       week_start,
       count(*) AS items,
       count(first_scan_at) AS items_scanned,
       count(*) FILTER (WHERE first_scan_at IS NULL AND is_open) AS items_waiting,
       count(*) FILTER (WHERE first_scan_at IS NULL AND state = 'not_found') AS items_never_scanned,
       count(*) FILTER (WHERE first_scan_at IS NULL AND NOT is_open AND state <> 'not_found') AS items_untold,
       count(hours_from_registration) AS n_from_registration,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY hours_from_registration)::numeric, 1)
           AS median_hours_from_registration,
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY hours_from_registration)::numeric, 1)
           AS p90_hours_from_registration,
       count(hours_from_pre_advice) AS n_from_pre_advice,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY hours_from_pre_advice)::numeric, 1)
           AS median_hours_from_pre_advice,
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY hours_from_pre_advice)::numeric, 1)
           AS p90_hours_from_pre_advice
  FROM item
 GROUP BY origin, destination, week_start;

COMMENT ON VIEW hkpost.first_scan IS 'How long it takes until the post first reports an item in its hands, by lane and ISO week: from the registration for tracking, and from the pre-advice. An item nothing is known of has no lane yet: its origin and destination are null. A week with items_waiting looks quicker than it is. Filter on week_start, and on destination where one will do: it makes it quick.';
COMMENT ON COLUMN hkpost.first_scan.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.first_scan.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.first_scan.week_start IS 'Monday of the week of posting; of the registration while an item is not posted.';
COMMENT ON COLUMN hkpost.first_scan.items IS 'Items that were asked about at least once: items_scanned, items_waiting, items_never_scanned and items_untold together.';
COMMENT ON COLUMN hkpost.first_scan.items_scanned IS 'Items of them that the post had in its hands: any classified event but pre-advice and planned departure.';
COMMENT ON COLUMN hkpost.first_scan.items_waiting IS 'Open items of them without such an event yet.';
COMMENT ON COLUMN hkpost.first_scan.items_never_scanned IS 'Items of them that the service never knew (not found).';
COMMENT ON COLUMN hkpost.first_scan.items_untold IS 'Other closed items of them without such an event: nothing could be reported of them (invalid, refused, expired), or it was not (delivered by the milestone alone, cancelled).';
COMMENT ON COLUMN hkpost.first_scan.n_from_registration IS 'Items that the next two are taken from: registered before the first scan. An item registered afterwards says nothing of the post.';
COMMENT ON COLUMN hkpost.first_scan.median_hours_from_registration IS 'Median hours from registered_at, which the business gives, to the first scan.';
COMMENT ON COLUMN hkpost.first_scan.p90_hours_from_registration IS 'Nine of ten were scanned within this number of hours of registered_at.';
COMMENT ON COLUMN hkpost.first_scan.n_from_pre_advice IS 'Items that the next two are taken from: with a pre-advice before the first scan.';
COMMENT ON COLUMN hkpost.first_scan.median_hours_from_pre_advice IS 'Median hours from the pre-advice to the first scan.';
COMMENT ON COLUMN hkpost.first_scan.p90_hours_from_pre_advice IS 'Nine of ten were scanned within this number of hours of the pre-advice.';
