-- Numbers and intervals that a person may change, what a person must act on, and what of the files is applied.

CREATE TABLE hkpost.setting (
    name    text PRIMARY KEY,
    value   text NOT NULL,
    comment text NOT NULL,
    default_value text,
    is_edited boolean NOT NULL GENERATED ALWAYS AS (value IS DISTINCT FROM default_value) STORED,
    -- Which connections may be used is a list of names, all others are whole numbers.
    CONSTRAINT setting_value_check CHECK (
        CASE name WHEN 'accounts_allowed' THEN value ~ '^[[:alnum:]_.:!(), -]*$' ELSE value ~ '^[0-9]{1,9}$' END)
);
COMMENT ON TABLE hkpost.setting IS 'Numbers that the rules written in SQL need, and which accounts may be used. Change value with an UPDATE: a migration never puts it back. A value that no person changed follows the seed file.';
COMMENT ON COLUMN hkpost.setting.name IS 'Name; it ends in its unit.';
COMMENT ON COLUMN hkpost.setting.value IS 'A whole number; of accounts_allowed: names of connections with commas between them, or nothing.';
COMMENT ON COLUMN hkpost.setting.comment IS 'What it does.';
COMMENT ON COLUMN hkpost.setting.default_value IS 'The value in the seed file. SET value = default_value to follow the file again.';
COMMENT ON COLUMN hkpost.setting.is_edited IS 'True when the value is not the seed file''s: a person changed it.';

CREATE TABLE hkpost.poll_policy (
    state         text PRIMARY KEY,
    poll_after    interval NOT NULL,
    silence_share numeric  NOT NULL,
    poll_at_most  interval NOT NULL,
    comment       text,
    default_poll_after    interval,
    default_silence_share numeric,
    default_poll_at_most  interval,
    is_edited     boolean NOT NULL GENERATED ALWAYS AS (
        poll_after IS DISTINCT FROM default_poll_after
        OR silence_share IS DISTINCT FROM default_silence_share
        OR poll_at_most IS DISTINCT FROM default_poll_at_most) STORED
);
COMMENT ON TABLE hkpost.poll_policy IS 'When an item is asked again after an answer: silence * silence_share, kept between poll_after and poll_at_most; silence is the time since the item''s last change. Change it with an UPDATE: a migration never puts it back. A row that no person changed follows the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.state IS 'State of the item; not_found: an open item that was answered 1001.';
COMMENT ON COLUMN hkpost.poll_policy.poll_after IS 'The shortest wait.';
COMMENT ON COLUMN hkpost.poll_policy.silence_share IS 'Share of the silence to wait.';
COMMENT ON COLUMN hkpost.poll_policy.poll_at_most IS 'The longest wait.';
COMMENT ON COLUMN hkpost.poll_policy.comment IS 'Why.';
COMMENT ON COLUMN hkpost.poll_policy.default_poll_after IS 'poll_after in the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.default_silence_share IS 'silence_share in the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.default_poll_at_most IS 'poll_at_most in the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.is_edited IS 'True when one of the three is not the seed file''s: a person changed the row.';

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

CREATE TABLE hkpost.applied_file (
    name       text PRIMARY KEY,
    digest     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE hkpost.applied_file IS 'Which content of the seed and view files this database has: a migration applies what differs.';
COMMENT ON COLUMN hkpost.applied_file.name IS 'Group of files.';
COMMENT ON COLUMN hkpost.applied_file.digest IS 'SHA-256 of their content.';
COMMENT ON COLUMN hkpost.applied_file.applied_at IS 'When it was applied.';
