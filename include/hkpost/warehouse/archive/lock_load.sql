-- One load at a time: released at the end of the transaction, so that a connection pooler may stand between. A
-- load whose process is stopped or cut off in the middle is ended by the server, or it would hold up all others.
SELECT set_config(
           'idle_in_transaction_session_timeout',
           coalesce(nullif(current_setting('idle_in_transaction_session_timeout'), '0'), '10min'),
           true
       ),
       pg_advisory_xact_lock(hashtextextended('hkpost.load', 0));
