-- What the runs do to partitions, for a login that does not own the tables: with the owner's rights, within bounds.

ALTER FUNCTION hkpost.ensure_partition(text, text, text, text)
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp;

CREATE FUNCTION hkpost.drop_aged_partitions() RETURNS SETOF text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT hkpost.drop_partitions_before(kept.parent, now() - make_interval(days => setting.value::integer))
      FROM (VALUES ('raw_response', 'archive_days'), ('api_call', 'ledger_days')) AS kept(parent, name)
      JOIN hkpost.setting USING (name)
$$;
COMMENT ON FUNCTION hkpost.drop_aged_partitions() IS 'Drops the partitions of raw_response older than the setting archive_days, and of api_call older than ledger_days; returns their names. An answer that is not loaded yet keeps its day.';
