-- What a watch must know to tell what is wrong, though the pipeline itself may hang.

CREATE TABLE hkpost.run (
    dag_id       text        NOT NULL,
    run_id       text        NOT NULL,
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    failed_tasks text,
    PRIMARY KEY (dag_id, run_id)
);
CREATE INDEX run_started ON hkpost.run (dag_id, started_at);
COMMENT ON TABLE hkpost.run IS 'The runs of the DAGs that register open items, hkpost_tracking above all: what hkpost_watch judges them by. Kept for ledger_days.';
COMMENT ON COLUMN hkpost.run.dag_id IS 'Airflow DAG.';
COMMENT ON COLUMN hkpost.run.run_id IS 'Airflow run.';
COMMENT ON COLUMN hkpost.run.started_at IS 'When it began.';
COMMENT ON COLUMN hkpost.run.ended_at IS 'When its task alert was reached, the last but the verdict; null while it runs, and for ever when it was killed or ran out of time.';
COMMENT ON COLUMN hkpost.run.failed_tasks IS 'Its tasks that failed, parted by commas; null when none did.';

-- not_sent: what a stop of the run kept from leaving says nothing of the service, and must hide nothing that does.
-- test_failed: neither does a test of a connection that nobody has stored.
ALTER TABLE hkpost.api_call DROP CONSTRAINT api_call_outcome_check;
ALTER TABLE hkpost.api_call ADD CONSTRAINT api_call_outcome_check CHECK (outcome IN (
    'in_flight', 'answered', 'tested', 'test_failed', 'bisected', 'rate_limited', 'credential_refused',
    'request_refused', 'quota_exhausted', 'too_many_items', 'invalid_input', 'unavailable', 'timeout', 'interrupted',
    'unreachable', 'not_sent', 'not_xml', 'incomplete', 'soap_fault', 'http_refused', 'too_large',
    'unknown_status', 'lost'));
ALTER TABLE hkpost.api_call ADD COLUMN items_answered integer;
COMMENT ON COLUMN hkpost.api_call.items_answered IS 'Of how many of the items the answer says something; null when the request was not answered, and in rows from before this was counted.';
COMMENT ON COLUMN hkpost.api_call.outcome IS 'What came of it, in one word. unreachable never reached the service, not_sent never left because its run was stopped: neither counts to the quota. tested and test_failed are requests of the connection''s Test button: their answers are not kept, and no account is judged by them.';

-- What is judged is of the last two days: the rest of a large ledger is left alone.
UPDATE hkpost.api_call
SET outcome = 'not_sent'
WHERE outcome = 'unreachable' AND error LIKE 'not sent: %' AND sent_at > now() - interval '3 days';
UPDATE hkpost.api_call
SET outcome = CASE outcome WHEN 'unreachable' THEN 'not_sent' ELSE 'test_failed' END
WHERE run_id = 'connection test' AND outcome NOT IN ('tested', 'not_sent', 'in_flight')
  AND sent_at > now() - interval '3 days';

ALTER TABLE hkpost.account_lease ADD COLUMN problem text, ADD COLUMN problem_at timestamptz;
COMMENT ON COLUMN hkpost.account_lease.problem IS 'Why the latest run could not ask at all, though its connection can be read (its WSDL, say); null when it could.';
COMMENT ON COLUMN hkpost.account_lease.problem_at IS 'When that was last so.';

-- Tests of connections that were never stored left an account of their own, for which nothing was ever to be sent.
DELETE FROM hkpost.account_lease AS lease
WHERE run_id = 'connection test' AND holder IS NULL
  AND NOT EXISTS (SELECT FROM hkpost.mail_item WHERE mail_item.account = lease.account);

COMMENT ON TABLE hkpost.alert IS 'What a person must act on, found by find_alerts.sql with the limits in setting (alert_…). Open while ended_at is null.';
COMMENT ON COLUMN hkpost.alert.name IS 'What kind of alert: docs/signals.md has them all.';
COMMENT ON COLUMN hkpost.alert.raised_at IS 'When it was first found.';
COMMENT ON COLUMN hkpost.alert.seen_at IS 'When it was last found.';
COMMENT ON COLUMN hkpost.alert.ended_at IS 'When it was no longer found; null while it lasts.';
