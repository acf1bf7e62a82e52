-- What a function calls is its own choice, not that of its caller's search path: a plain SQL body is read when the
-- function is made (and still put into the query that calls it), the others set their path.

CREATE OR REPLACE FUNCTION hkpost.fill_placeholders(template text, params text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    FOR position IN 1 .. cardinality(params) LOOP
        template := replace(template, '{' || position || '}', coalesce(params[position], ''));
    END LOOP;
    RETURN template;
END
$$;

CREATE OR REPLACE FUNCTION hkpost.fill_template(template text, params text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN params IS NULL THEN template ELSE hkpost.fill_placeholders(template, params) END;

ALTER FUNCTION hkpost.drop_partitions_before(text, timestamptz) SET search_path = pg_catalog, pg_temp;
