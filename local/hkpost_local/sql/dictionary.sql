-- Every table, view and column of the warehouse with its comment; partitions are left out.
SELECT class.relname AS name,
       CASE WHEN class.relkind = 'v' THEN 'view' ELSE 'table' END AS kind,
       obj_description(class.oid, 'pg_class') AS comment,
       attribute.attname AS column_name,
       format_type(attribute.atttypid, attribute.atttypmod) AS type,
       NOT attribute.attnotnull AS is_nullable,
       col_description(class.oid, attribute.attnum) AS column_comment,
       has_table_privilege('hkpost_analyst', class.oid, 'SELECT') AS is_for_analysts
  FROM pg_class AS class
  JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
 WHERE class.relnamespace = 'hkpost'::regnamespace
   AND class.relkind IN ('r', 'p', 'v')
   AND NOT class.relispartition
 ORDER BY class.relkind = 'v', class.relname, attribute.attnum;
