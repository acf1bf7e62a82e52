-- Who may send for an account now.
SELECT holder, run_id, acquired_at, heartbeat_at
FROM hkpost.account_lease
WHERE account = :account;
