-- One load at a time: released at the end of the transaction, so that a connection pooler may stand between.
SELECT pg_advisory_xact_lock(hashtextextended('hkpost.load', 0));
