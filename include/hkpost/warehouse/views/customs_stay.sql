-- Each stay in customs: from the entry to the next release.

CREATE OR REPLACE VIEW hkpost.customs_stay AS
SELECT journey.item_no,
       journey.origin,
       journey.destination,
       journey.week_start,
       stay.entered_at,
       stay.released_at,
       round((date_part('epoch', stay.released_at - stay.entered_at) / 3600)::numeric, 1) AS hours,
       journey.state = 'customs' AND stay_no = cardinality(known.entered_at) AS is_inside
  FROM hkpost.item_journey AS journey
 CROSS JOIN LATERAL (
       -- Inside by its milestone, or by a person's word: a stay of which no event says since when.
       SELECT CASE WHEN state = 'customs' AND (customs_released_at IS NULL
                        OR customs_released_at[cardinality(customs_released_at)] IS NOT NULL)
                   THEN ARRAY[NULL::timestamptz] ELSE '{}' END AS untold) AS milestone
 CROSS JOIN LATERAL (
       SELECT customs_entered_at || untold AS entered_at, customs_released_at || untold AS released_at) AS known
 CROSS JOIN LATERAL unnest(known.entered_at, known.released_at) WITH ORDINALITY
       AS stay (entered_at, released_at, stay_no)
 WHERE customs_entered_at IS NOT NULL OR state = 'customs';

COMMENT ON VIEW hkpost.customs_stay IS 'Stays in customs, export (EXA, EXB until EXC) and import (EDB, EME until EDC): one row for each entry with its next release. Where an event gives a date only, it counts as its first minute. Items in the state customs have exactly one row with is_inside. Filter on item_no, or on week_start and destination: it makes it quick.';
COMMENT ON COLUMN hkpost.customs_stay.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.customs_stay.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.customs_stay.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.customs_stay.week_start IS 'Monday of the week of posting; of the registration while an item is not posted.';
COMMENT ON COLUMN hkpost.customs_stay.entered_at IS 'First event of presentation or holding since the release before; null when only the release was reported, or a milestone alone says customs.';
COMMENT ON COLUMN hkpost.customs_stay.released_at IS 'First release after it; null while it is inside, and when the item went on without a reported release.';
COMMENT ON COLUMN hkpost.customs_stay.hours IS 'Hours between the two; null when one is not known.';
COMMENT ON COLUMN hkpost.customs_stay.is_inside IS 'True while the item is in this stay: its state is customs.';
