-- Replays go on side by side, but not beside a load: a load waits for the transactions that hold this, and
-- those that come after it wait for the load.
SELECT pg_advisory_xact_lock_shared(hashtextextended('hkpost.load', 0));
