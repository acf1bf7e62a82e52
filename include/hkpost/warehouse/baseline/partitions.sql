-- Making and dropping partitions. A row for which there is none yet lies in the default partition, so nothing
-- fails for want of one; making the partition moves such rows into it. The functions that runs call have the rights of
-- the tables' owner, so that a login may call them that does not own the tables.

CREATE FUNCTION hkpost.ensure_partition(parent text, suffix text, lower_bound text, upper_bound text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '5s' SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    partition_name CONSTANT text := parent || '_' || suffix;
    rest CONSTANT text := parent || '_default';
    key text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('hkpost.partition', 0));
    IF EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(format('hkpost.%I', partition_name)) AND relispartition) THEN
        RETURN 'present';
    END IF;
    SELECT a.attname INTO STRICT key
      FROM pg_partitioned_table p
      JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
     WHERE p.partrelid = format('hkpost.%I', parent)::regclass;
    -- CREATE TABLE ... PARTITION OF would lock every reader out of the parent; ATTACH only locks the default partition.
    EXECUTE format('LOCK TABLE hkpost.%I IN ACCESS EXCLUSIVE MODE', rest);
    EXECUTE format('CREATE TABLE hkpost.%I (LIKE hkpost.%I INCLUDING ALL)', partition_name, parent);
    EXECUTE format('REVOKE ALL ON hkpost.%I FROM PUBLIC', partition_name);
    EXECUTE format(
        'WITH moved AS (DELETE FROM hkpost.%1$I WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *)'
        ' INSERT INTO hkpost.%5$I SELECT * FROM moved',
        rest, key, lower_bound, upper_bound, partition_name);
    EXECUTE format('ALTER TABLE hkpost.%I ATTACH PARTITION hkpost.%I FOR VALUES FROM (%L) TO (%L)',
        parent, partition_name, lower_bound, upper_bound);
    RETURN 'made';
EXCEPTION
    WHEN lock_not_available OR deadlock_detected THEN
        RETURN 'postponed';
END
$$;
COMMENT ON FUNCTION hkpost.ensure_partition(text, text, text, text) IS 'Makes the partition parent_suffix for [lower_bound, upper_bound) and moves its rows out of the default partition: present, made, or postponed when somebody kept the table locked for 5 seconds.';

CREATE FUNCTION hkpost.drop_partitions_before(parent text, cutoff timestamptz) RETURNS SETOF text
    LANGUAGE plpgsql SET lock_timeout = '5s' SET datestyle = 'ISO' SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    child record;
    waiting boolean;
BEGIN
    IF parent NOT IN ('raw_response', 'api_call') THEN
        RAISE EXCEPTION '% is kept for ever: only raw_response and api_call are dropped for age', parent;
    END IF;
    FOR child IN
        SELECT c.relname
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = format('hkpost.%I', parent)::regclass
           AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz <= cutoff
         ORDER BY c.relname
    LOOP
        waiting := false;
        IF parent = 'raw_response' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM hkpost.%I WHERE loaded_at IS NULL)', child.relname) INTO waiting;
        END IF;
        IF NOT waiting THEN
            BEGIN
                EXECUTE format('DROP TABLE hkpost.%I', child.relname);
                RETURN NEXT child.relname;
            EXCEPTION
                WHEN lock_not_available OR deadlock_detected THEN
                    RAISE NOTICE '% is in use and stays until the next time', child.relname;
            END;
        END IF;
    END LOOP;
    IF parent = 'raw_response' THEN
        DELETE FROM hkpost.raw_response_default WHERE received_at < cutoff AND loaded_at IS NOT NULL;
    ELSE
        DELETE FROM hkpost.api_call_default WHERE sent_at < cutoff;
    END IF;
END
$$;
COMMENT ON FUNCTION hkpost.drop_partitions_before(text, timestamptz) IS 'Drops the partitions of raw_response or api_call that end before cutoff and returns their names; an answer that is not loaded yet keeps its day.';

-- A partition at a time, and rejects by row: there are few of them.
CREATE FUNCTION hkpost.drop_aged_partitions() RETURNS SETOF text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM hkpost.rejected_record
     WHERE last_at < now() - (SELECT make_interval(days => value::integer) FROM hkpost.setting WHERE name = 'rejected_days');
    SELECT hkpost.drop_partitions_before(kept.parent, now() - make_interval(days => setting.value::integer))
      FROM (VALUES ('raw_response', 'archive_days'), ('api_call', 'ledger_days')) AS kept(parent, name)
      JOIN hkpost.setting USING (name)
$$;
COMMENT ON FUNCTION hkpost.drop_aged_partitions() IS 'Drops the partitions of raw_response older than the setting archive_days, and of api_call older than ledger_days, and returns their names; an answer that is not loaded yet keeps its day. Deletes from rejected_record what was last met longer than rejected_days ago.';
