-- Keeps the lease alive; no row when another run has taken it.
UPDATE hkpost.account_lease
SET heartbeat_at = clock_timestamp(), gap_ms = :gap_ms
WHERE account = :account AND fence = :fence AND holder IS NOT NULL
RETURNING fence;
