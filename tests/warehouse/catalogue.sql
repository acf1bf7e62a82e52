-- What PostgreSQL knows of the schema hkpost: a line for each property of a table, a sequence or a function.
SELECT thing, string_agg(property, E'\n' ORDER BY property COLLATE "C") AS properties
  FROM (
    SELECT relname::text AS thing,
           format('kind %s, options %s, comment %s', relkind, reloptions, obj_description(oid, 'pg_class')) AS property
      FROM pg_class
     WHERE relkind IN ('r', 'p', 'S')
    UNION ALL
    SELECT relname,
           format('column %s %s: %s, not null %s, default %s, identity %s, generated %s, collation %s, storage %s, comment %s',
                  attnum, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), attidentity,
                  attgenerated, attcollation::regcollation, attstorage, col_description(attrelid, attnum))
      FROM pg_attribute
      JOIN pg_class ON pg_class.oid = attrelid
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE relkind IN ('r', 'p') AND attnum > 0
    UNION ALL
    SELECT relname, format('index %s, options %s', pg_get_indexdef(indexrelid), (SELECT reloptions FROM pg_class WHERE oid = indexrelid))
      FROM pg_index
      JOIN pg_class ON pg_class.oid = indrelid
    UNION ALL
    -- From PostgreSQL 18 on, NOT NULL is a constraint, too: the columns have it.
    SELECT relname, format('constraint %s: %s', conname, pg_get_constraintdef(pg_constraint.oid))
      FROM pg_constraint
      JOIN pg_class ON pg_class.oid = conrelid
     WHERE contype <> 'n'
    UNION ALL
    SELECT relname, format('partition of %s: %s', inhparent::regclass, pg_get_expr(relpartbound, pg_class.oid))
      FROM pg_inherits
      JOIN pg_class ON pg_class.oid = inhrelid
    UNION ALL
    SELECT relname, format('partitioned by %s', pg_get_partkeydef(partrelid))
      FROM pg_partitioned_table
      JOIN pg_class ON pg_class.oid = partrelid
    UNION ALL
    SELECT relname, format('statistics %s', pg_get_statisticsobjdef(pg_statistic_ext.oid))
      FROM pg_statistic_ext
      JOIN pg_class ON pg_class.oid = stxrelid
    UNION ALL
    SELECT relname, format('counts for %s.%s', refobjid::regclass, refobjsubid)
      FROM pg_depend
      JOIN pg_class ON pg_class.oid = objid
     WHERE relkind = 'S' AND deptype IN ('a', 'i') AND refclassid = 'pg_class'::regclass AND refobjsubid > 0
    UNION ALL
    SELECT oid::regprocedure::text,
           format('%s, comment %s', pg_get_functiondef(oid), obj_description(oid, 'pg_proc'))
      FROM pg_proc
     WHERE pronamespace = 'hkpost'::regnamespace
       ) AS known
 WHERE thing IN (SELECT relname FROM pg_class WHERE relnamespace = 'hkpost'::regnamespace)
    OR thing LIKE 'hkpost.%'
 GROUP BY thing
 ORDER BY thing COLLATE "C";
