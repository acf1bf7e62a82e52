-- Every table with its partitions, the largest first; rows are PostgreSQL's own estimate.
SELECT parent.relname AS table_name,
       count(part.oid) AS partitions,
       sum(pg_total_relation_size(coalesce(part.oid, parent.oid)))::bigint AS total_bytes,
       sum(greatest(coalesce(part.reltuples, parent.reltuples), 0))::bigint AS rows,
       coalesce(sum(greatest(part.reltuples, 0)) FILTER (WHERE part.relname = parent.relname || '_default'), 0)::bigint
           AS in_default
FROM pg_class AS parent
LEFT JOIN pg_inherits AS link ON link.inhparent = parent.oid
LEFT JOIN pg_class AS part ON part.oid = link.inhrelid
WHERE parent.relnamespace = 'hkpost'::regnamespace AND parent.relkind IN ('r', 'p') AND NOT parent.relispartition
GROUP BY parent.relname
ORDER BY total_bytes DESC, table_name;
