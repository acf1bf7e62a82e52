-- Numbers and intervals that a person may change, and what of the seed files is applied.

CREATE TABLE hkpost.setting (
    name    text PRIMARY KEY,
    value   text NOT NULL CONSTRAINT setting_value_check CHECK (value ~ '^[0-9]{1,9}$'),
    comment text NOT NULL
);
COMMENT ON TABLE hkpost.setting IS 'Numbers that the rules written in SQL need. Change value with an UPDATE: a migration never puts it back.';
COMMENT ON COLUMN hkpost.setting.name IS 'Name; it ends in its unit.';
COMMENT ON COLUMN hkpost.setting.value IS 'A whole number.';
COMMENT ON COLUMN hkpost.setting.comment IS 'What it does.';

CREATE TABLE hkpost.poll_policy (
    state         text PRIMARY KEY,
    poll_after    interval NOT NULL,
    silence_share numeric  NOT NULL,
    poll_at_most  interval NOT NULL,
    comment       text
);
COMMENT ON TABLE hkpost.poll_policy IS 'When an item is asked again after an answer: silence * silence_share, kept between poll_after and poll_at_most; silence is the time since the item''s last change. Change it with an UPDATE: a migration never puts it back.';
COMMENT ON COLUMN hkpost.poll_policy.state IS 'State of the item; not_found: an open item that was answered 1001.';
COMMENT ON COLUMN hkpost.poll_policy.poll_after IS 'The shortest wait.';
COMMENT ON COLUMN hkpost.poll_policy.silence_share IS 'Share of the silence to wait.';
COMMENT ON COLUMN hkpost.poll_policy.poll_at_most IS 'The longest wait.';
COMMENT ON COLUMN hkpost.poll_policy.comment IS 'Why.';

CREATE TABLE hkpost.applied_file (
    name       text PRIMARY KEY,
    digest     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE hkpost.applied_file IS 'Which content of the seed and view files this database has: a migration applies what differs.';
COMMENT ON COLUMN hkpost.applied_file.name IS 'Group of files.';
COMMENT ON COLUMN hkpost.applied_file.digest IS 'SHA-256 of their content.';
COMMENT ON COLUMN hkpost.applied_file.applied_at IS 'When it was applied.';
