-- The ledger row of a request that is about to leave; no row when this run no longer holds the account.
WITH lease AS (
    UPDATE hkpost.account_lease
    SET heartbeat_at = clock_timestamp(), last_sent_at = clock_timestamp()
    WHERE account = :account AND fence = :fence AND holder IS NOT NULL
    RETURNING account, fence
)
INSERT INTO hkpost.api_call (account, run_id, sent_at, quota_day, lang, item_count, item_nos, outcome, fence)
SELECT account, :run_id, clock_timestamp(), (clock_timestamp() AT TIME ZONE :quota_timezone)::date,
       :lang, cardinality(CAST(:item_nos AS text[])), CAST(:item_nos AS text[]), 'in_flight', fence
FROM lease
RETURNING call_id, sent_at, quota_day;
