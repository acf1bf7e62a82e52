-- One load at a time: released at the end of the transaction, so that a connection pooler may stand between. A
-- load whose process is stopped or cut off in the middle is ended by the server, or it would hold up all others:
-- within the limit that the administrator set for the server, the database or the login, else within ten minutes.
SELECT set_config(
           'idle_in_transaction_session_timeout',
           coalesce(
               (SELECT nullif(reset_val, '0') FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'),
               '10min'),
           true
       ),
       pg_advisory_xact_lock(hashtextextended('hkpost.load', 0));
