-- Takes the lease of an account when it is free or its holder has been silent for :ttl_s seconds.
-- One row when taken: the fencing number that the ledger checks, and the gap the last holder needed.
INSERT INTO hkpost.account_lease AS lease (account, fence, holder, run_id, acquired_at, heartbeat_at)
VALUES (:account, 1, :holder, :run_id, clock_timestamp(), clock_timestamp())
ON CONFLICT (account) DO UPDATE
SET fence = lease.fence + 1,
    holder = excluded.holder,
    run_id = excluded.run_id,
    acquired_at = excluded.acquired_at,
    heartbeat_at = excluded.heartbeat_at
WHERE lease.holder IS NULL
   OR lease.heartbeat_at < clock_timestamp() - make_interval(secs => :ttl_s)
RETURNING fence, gap_ms;
