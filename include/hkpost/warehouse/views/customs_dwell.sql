-- How long does customs keep mail? The stays in customs by lane and ISO week of posting.

CREATE OR REPLACE VIEW hkpost.customs_dwell AS
SELECT origin,
       destination,
       to_char(week_start, 'IYYY-"W"IW') AS posting_week,
       week_start,
       count(DISTINCT item_no) AS items,
       count(*) AS stays,
       count(hours) AS n,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY hours)::numeric, 1) AS median_hours,
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY hours)::numeric, 1) AS p90_hours,
       max(hours) AS longest_hours,
       count(*) FILTER (WHERE is_inside) AS items_inside,
       round((date_part('epoch', now() - min(entered_at) FILTER (WHERE is_inside)) / 3600)::numeric, 1)
           AS longest_inside_hours,
       count(*) FILTER (WHERE hours IS NULL AND NOT is_inside AND released_at IS NULL) AS stays_release_untold,
       count(*) FILTER (WHERE hours IS NULL AND NOT is_inside AND released_at IS NOT NULL) AS stays_entry_untold
  FROM hkpost.customs_stay
 GROUP BY origin, destination, week_start;

COMMENT ON VIEW hkpost.customs_dwell IS 'How long customs keeps items: the stays of customs_stay by lane and ISO week of posting. The hours are those of stays that ended: while items_inside is not 0 they look shorter than they will be. Filter on week_start, and on destination where one will do: it makes it quick. Twelve weeks of all lanes are some two seconds on fifty million events.';
COMMENT ON COLUMN hkpost.customs_dwell.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.customs_dwell.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.customs_dwell.posting_week IS 'ISO week of posting in Hong Kong, such as 2026-W09; of the first event where the posting is not known.';
COMMENT ON COLUMN hkpost.customs_dwell.week_start IS 'Monday of that week.';
COMMENT ON COLUMN hkpost.customs_dwell.items IS 'Items with a stay.';
COMMENT ON COLUMN hkpost.customs_dwell.stays IS 'Their stays: n, items_inside, stays_release_untold and stays_entry_untold together.';
COMMENT ON COLUMN hkpost.customs_dwell.n IS 'Stays that the hours are taken from: entry and release were reported.';
COMMENT ON COLUMN hkpost.customs_dwell.median_hours IS 'Median hours in customs.';
COMMENT ON COLUMN hkpost.customs_dwell.p90_hours IS 'Nine of ten stays lasted at most this number of hours.';
COMMENT ON COLUMN hkpost.customs_dwell.longest_hours IS 'Longest stay of an item that was released, in hours.';
COMMENT ON COLUMN hkpost.customs_dwell.items_inside IS 'Items that are in customs now: those in the state customs.';
COMMENT ON COLUMN hkpost.customs_dwell.longest_inside_hours IS 'How long the longest of items_inside has been there, in hours.';
COMMENT ON COLUMN hkpost.customs_dwell.stays_release_untold IS 'Stays of items that went on without a reported release: they give no hours.';
COMMENT ON COLUMN hkpost.customs_dwell.stays_entry_untold IS 'Stays of which only the release was reported: they give no hours.';
