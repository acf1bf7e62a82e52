-- What could not be used: the same again is one row that counts, of a number of any length, kept for a setting.

ALTER TABLE hkpost.rejected_record ADD COLUMN last_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE hkpost.rejected_record ADD COLUMN times integer NOT NULL DEFAULT 1;
UPDATE hkpost.rejected_record SET last_at = rejected_at;
COMMENT ON TABLE hkpost.rejected_record IS 'What could not be used, and why. Nothing is dropped in silence: the same again is counted. Kept for the setting rejected_days after it was last met.';
COMMENT ON COLUMN hkpost.rejected_record.rejected_at IS 'When it was first rejected.';
COMMENT ON COLUMN hkpost.rejected_record.call_id IS 'The request whose answer it was last met in: api_call.';
COMMENT ON COLUMN hkpost.rejected_record.last_at IS 'When it was last rejected.';
COMMENT ON COLUMN hkpost.rejected_record.times IS 'How often it was rejected.';

-- A number that nobody asked for may be longer than an entry of an ordered index can be (2,704 bytes).
DROP INDEX hkpost.rejected_record_item;
CREATE INDEX rejected_record_item ON hkpost.rejected_record USING hash (item_no);
-- What is looked for before a reject is noted: of an item, else of an answer.
CREATE INDEX rejected_record_same ON hkpost.rejected_record USING hash (coalesce(item_no, call_id::text, ''));
DROP INDEX hkpost.rejected_record_time;
CREATE INDEX rejected_record_time ON hkpost.rejected_record (last_at, rejected_id);

-- Drops a partition at a time, and rejects by row: there are few of them.
CREATE OR REPLACE FUNCTION hkpost.drop_aged_partitions() RETURNS SETOF text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM hkpost.rejected_record
     WHERE last_at < now() - (SELECT make_interval(days => value::integer) FROM hkpost.setting WHERE name = 'rejected_days');
    SELECT hkpost.drop_partitions_before(kept.parent, now() - make_interval(days => setting.value::integer))
      FROM (VALUES ('raw_response', 'archive_days'), ('api_call', 'ledger_days')) AS kept(parent, name)
      JOIN hkpost.setting USING (name)
$$;
COMMENT ON FUNCTION hkpost.drop_aged_partitions() IS 'Drops the partitions of raw_response older than the setting archive_days, and of api_call older than ledger_days, and returns their names; an answer that is not loaded yet keeps its day. Deletes from rejected_record what was last met longer than rejected_days ago.';

COMMENT ON COLUMN hkpost.raw_response.loaded_at IS 'When the answer was loaded, or set aside because it cannot be (rejected_record says why); null while it waits.';

-- Items registered at an instant that no calendar of a program has: the next run finds them here and dates them.
CREATE INDEX mail_item_undated ON hkpost.mail_item (item_no)
    WHERE registered_at NOT BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00';
