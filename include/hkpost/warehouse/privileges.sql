-- A hash of what PUBLIC and the two roles may do in the schema, and of which of the two roles there are.
WITH thing AS (
    SELECT 'schema' AS kind, nspname::text AS name, coalesce(nspacl, acldefault('n', nspowner)) AS acl
    FROM pg_namespace
    WHERE nspname = 'hkpost'
    UNION ALL
    SELECT 'relation', relname, coalesce(relacl, acldefault(CAST(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END AS "char"), relowner))
    FROM pg_class
    WHERE relnamespace = 'hkpost'::regnamespace AND relkind IN ('v', 'r', 'p', 'S')
    UNION ALL
    SELECT 'column', format('%s.%s', relname, attname), attacl
    FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'hkpost'::regnamespace AND attacl IS NOT NULL
    UNION ALL
    SELECT 'function', oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc
    WHERE pronamespace = 'hkpost'::regnamespace
), grantee AS (
    SELECT 0::oid AS oid, 'PUBLIC' AS name
    UNION ALL
    SELECT oid, rolname FROM pg_roles WHERE rolname IN ('hkpost_analyst', 'hkpost_loader')
), line AS (
    SELECT concat_ws(' ', thing.kind, thing.name, grantee.name, privilege_type, is_grantable) AS line
    FROM thing
    CROSS JOIN LATERAL aclexplode(thing.acl) AS granted
    JOIN grantee ON grantee.oid = granted.grantee
    UNION ALL
    SELECT name FROM grantee
)
SELECT md5(string_agg(line, ',' ORDER BY line COLLATE "C")) FROM line;
