-- Gives the lease back at once.
UPDATE hkpost.account_lease
SET holder = NULL, run_id = NULL, heartbeat_at = clock_timestamp(), gap_ms = :gap_ms
WHERE account = :account AND fence = :fence;
