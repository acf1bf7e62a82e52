-- The partitioned tables of the warehouse.
SELECT relname FROM pg_class WHERE relnamespace = 'hkpost'::regnamespace AND relkind = 'p' ORDER BY relname;
