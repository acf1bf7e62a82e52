-- How long does customs keep mail? By lane and ISO week of posting.

CREATE OR REPLACE VIEW hkpost.customs_dwell AS
WITH item AS (
    SELECT journey.*,
           CASE WHEN customs_out_at >= customs_in_at
                THEN date_part('epoch', customs_out_at - customs_in_at) / 3600
           END AS dwell_hours,
           customs_in_at IS NOT NULL AND customs_out_at IS NULL AND is_open AND delivery_at IS NULL AS is_inside
      FROM hkpost.item_journey journey
     WHERE customs_at IS NOT NULL
)
SELECT origin,
       destination,
       to_char(week_start, 'IYYY-"W"IW') AS posting_week,
       week_start,
       count(*) AS items,
       count(customs_in_at) AS items_presented,
       count(dwell_hours) AS n,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY dwell_hours)::numeric, 1) AS median_hours,
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY dwell_hours)::numeric, 1) AS p90_hours,
       round(max(dwell_hours)::numeric, 1) AS longest_hours,
       count(*) FILTER (WHERE is_inside) AS items_inside,
       round((date_part('epoch', now() - min(customs_in_at) FILTER (WHERE is_inside)) / 3600)::numeric, 1) AS longest_inside_hours,
       count(*) FILTER (WHERE customs_in_at IS NOT NULL AND dwell_hours IS NULL AND NOT is_inside) AS items_release_untold,
       count(*) FILTER (WHERE customs_in_at IS NULL) AS items_presentation_untold
  FROM item
 GROUP BY origin, destination, week_start;

COMMENT ON VIEW hkpost.customs_dwell IS 'How long import customs keeps items, from the first event of presentation or holding (EDB, EME) to the first release (EDC), by lane and ISO week of posting. Only items with an event of customs. While items_inside is not 0 the hours look shorter than they will be. Filter on week_start, and on destination where one will do: it makes it quick.';
COMMENT ON COLUMN hkpost.customs_dwell.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.customs_dwell.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.customs_dwell.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.customs_dwell.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.customs_dwell.items IS 'Items with an event of import customs.';
COMMENT ON COLUMN hkpost.customs_dwell.items_presented IS 'Items of them of which the coming into customs was told.';
COMMENT ON COLUMN hkpost.customs_dwell.n IS 'Items that the hours are taken from: both the coming and the release were told.';
COMMENT ON COLUMN hkpost.customs_dwell.median_hours IS 'Median hours in customs.';
COMMENT ON COLUMN hkpost.customs_dwell.p90_hours IS 'Nine of ten items were kept at most so many hours.';
COMMENT ON COLUMN hkpost.customs_dwell.longest_hours IS 'Longest time in customs of a released item, in hours.';
COMMENT ON COLUMN hkpost.customs_dwell.items_inside IS 'Items that are in customs now, as far as is told: open, not released, and nothing told of their delivery.';
COMMENT ON COLUMN hkpost.customs_dwell.longest_inside_hours IS 'How long the longest of items_inside has been there, in hours.';
COMMENT ON COLUMN hkpost.customs_dwell.items_release_untold IS 'Items that went on without a release being told, or with one before they came: they give no hours.';
COMMENT ON COLUMN hkpost.customs_dwell.items_presentation_untold IS 'Items of which only the release or the end in customs was told: they give no hours.';
