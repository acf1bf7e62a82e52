-- What a person must act on, and when somebody was told.

CREATE TABLE hkpost.alert (
    name      text        NOT NULL,
    account   text        NOT NULL DEFAULT '',
    raised_at timestamptz NOT NULL DEFAULT now(),
    message   text        NOT NULL,
    look_with text        NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT now(),
    sent_at   timestamptz,
    ended_at  timestamptz,
    PRIMARY KEY (name, account, raised_at)
);
CREATE UNIQUE INDEX alert_open ON hkpost.alert (name, account) WHERE ended_at IS NULL;

COMMENT ON TABLE hkpost.alert IS 'What a person must act on, found at the end of a run by find_alerts.sql with the limits in setting (alert_…). Open while ended_at is null.';
COMMENT ON COLUMN hkpost.alert.name IS 'account_refused, breaker_open, quota_used_up, nothing_fresh or unclassified_events.';
COMMENT ON COLUMN hkpost.alert.account IS 'Airflow connection of the API account; empty when it concerns no single one.';
COMMENT ON COLUMN hkpost.alert.raised_at IS 'When a run first found it.';
COMMENT ON COLUMN hkpost.alert.message IS 'What is the matter and what to do, in words.';
COMMENT ON COLUMN hkpost.alert.look_with IS 'The query that shows it.';
COMMENT ON COLUMN hkpost.alert.seen_at IS 'When a run last found it.';
COMMENT ON COLUMN hkpost.alert.sent_at IS 'When the notifiers last sent it; null when they never did.';
COMMENT ON COLUMN hkpost.alert.ended_at IS 'When a run no longer found it; null while it lasts.';
