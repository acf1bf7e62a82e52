-- The latest request of the run that holds an account, among those that came to something.
SELECT call.sent_at, call.outcome, call.error
FROM hkpost.account_lease AS lease
JOIN hkpost.api_call AS call ON call.account = lease.account AND call.run_id = lease.run_id
WHERE lease.account = :account
  AND call.sent_at >= lease.acquired_at
  AND call.outcome NOT IN ('in_flight', 'lost', 'not_sent', 'tested', 'test_failed')
ORDER BY call.sent_at DESC
LIMIT 1;
