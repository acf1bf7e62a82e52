-- True for the one that may send alerts now, until its transaction ends.
SELECT pg_try_advisory_xact_lock(hashtextextended('hkpost.alert', 0));
