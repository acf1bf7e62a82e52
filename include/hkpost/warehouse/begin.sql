-- What each transaction relies on, whatever the server, the database or the login has for defaults.
-- SET LOCAL, because a pooler in transaction mode gives each transaction another session and keeps no SET.
-- pg_catalog alone: a function or an operator that somebody made in another schema is never called.
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL TimeZone = 'UTC';
SET LOCAL standard_conforming_strings = on;
SET LOCAL client_min_messages = notice;
-- Airflow's limits end a task that takes too long; a page and a load set their own.
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
