-- As a login that may create in the schema public and nothing else: a function or an operator of each name that
-- PostgreSQL has, for the same types, and for types that PostgreSQL's own would take only after a conversion (a varchar
-- as text, an integer as bigint), where the exact one is preferred. Whoever calls one of them gets its name.

SET search_path = pg_catalog;

CREATE TEMP TABLE kind (type oid, kind text);
INSERT INTO kind
SELECT unnest(types::regtype[])::oid, kind
  FROM (VALUES ('string', '{text,character varying,name,"char"}'),
               ('number', '{integer,bigint,numeric,double precision,oid,regclass}'),
               ('time', '{date,timestamp,timestamptz,interval,integer}'),
               ('array', '{text[],character varying[],bigint[]}'),
               ('other', '{boolean,jsonb,bytea}')) AS given (kind, types);

CREATE TEMP TABLE trap AS
WITH signature AS (
    SELECT proname::text AS name, prorettype AS returns, proretset AS is_set, oidvectortypes(proargtypes) AS arguments
      FROM pg_proc
     WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'a')
       AND proargtypes::oid[] <@ (SELECT array_agg(type) FROM kind)
       AND prorettype IN (SELECT type FROM kind UNION SELECT 'void'::regtype)
    UNION
    -- Those of any type, as the pipeline calls them.
    SELECT name, returns::regtype, is_set, unnest(signatures)
      FROM (VALUES ('format', 'text', false, ARRAY['text, text', 'text, text, text', 'text, name', 'text, bigint, text']),
                   ('unnest', 'text', true, ARRAY['text[]']),
                   ('cardinality', 'integer', false, ARRAY['text[]']),
                   ('array_agg', 'text[]', false, ARRAY['text']),
                   ('to_jsonb', 'jsonb', false, ARRAY['text']),
                   ('jsonb_agg', 'jsonb', false, ARRAY['jsonb']),
                   ('count', 'bigint', false, ARRAY['text', 'bigint', 'integer', 'timestamp with time zone'])
           ) AS given (name, returns, is_set, signatures)
), variant AS (
    SELECT name, returns, is_set, unnest(ARRAY[
               arguments,
               regexp_replace(arguments, '\mtext\M', 'character varying', 'g'),
               regexp_replace(arguments, '^text\M', 'character varying')]) AS arguments
      FROM signature
)
SELECT DISTINCT ON (name, arguments)
       format('%I(%s)', name, arguments) AS function,
       CASE WHEN is_set THEN 'SETOF ' ELSE '' END || returns::regtype AS returns,
       NULL AS operator
  FROM variant
UNION ALL
SELECT DISTINCT ON (oprname, l.type, r.type)
       format('trap_%s(%s, %s)', row_number() OVER (), l.type::regtype, r.type::regtype), 'boolean',
       format('%s (FUNCTION = public.trap_%s, LEFTARG = %s, RIGHTARG = %s)',
              oprname, row_number() OVER (), l.type::regtype, r.type::regtype)
  FROM kind l
  JOIN kind r USING (kind)
  JOIN (SELECT DISTINCT oprname FROM pg_operator
         WHERE oprleft IN (SELECT type FROM kind) AND oprright IN (SELECT type FROM kind)) AS o ON true;

DO $$
DECLARE
    laid record;
BEGIN
    FOR laid IN SELECT * FROM trap LOOP
        EXECUTE format('CREATE FUNCTION public.%s RETURNS %s LANGUAGE plpgsql AS %L', laid.function, laid.returns,
            format('BEGIN RAISE EXCEPTION USING message = %L; END', 'trapped by ' || coalesce(laid.operator, laid.function)));
        IF laid.operator IS NOT NULL THEN
            EXECUTE 'CREATE OPERATOR public.' || laid.operator;
        END IF;
    END LOOP;
END
$$;
