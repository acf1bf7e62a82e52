-- The journeys for analysts, to group as they like: the table is the loads' own.

CREATE OR REPLACE VIEW hkpost.journey AS SELECT * FROM hkpost.item_journey;

COMMENT ON VIEW hkpost.journey IS 'One row for each item that was asked about: its lane, and when it first came to each point of its way. Filter on week_start, and on destination where one will do: it makes it quick.';

DO $$
DECLARE
    named record;
BEGIN
    FOR named IN
        SELECT attname, col_description(attrelid, attnum) AS comment
          FROM pg_attribute
         WHERE attrelid = 'hkpost.item_journey'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN hkpost.journey.%I IS %L', named.attname, named.comment);
    END LOOP;
END
$$;
