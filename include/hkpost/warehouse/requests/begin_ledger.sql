-- Opens a transaction of the ledger or the lease. What it commits is on disk before a request leaves, even where
-- the server commits lazily; and when its client falls silent in the middle (stopped, or cut off), the server
-- ends it after :silence_s seconds, so that its locks keep no other run from the account.
SELECT set_config('idle_in_transaction_session_timeout', CAST(1000 * :silence_s AS integer)::text, true),
       CASE current_setting('synchronous_commit')
           WHEN 'off' THEN set_config('synchronous_commit', 'on', true)
       END;
