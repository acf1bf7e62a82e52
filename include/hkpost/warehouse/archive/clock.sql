-- The time by the database's clock, not that of the transaction's beginning.
SELECT clock_timestamp();
