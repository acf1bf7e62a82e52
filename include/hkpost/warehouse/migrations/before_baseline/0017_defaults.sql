-- A row of setting or poll_policy that no person changed follows the seed file; one that a person changed stays.

ALTER TABLE hkpost.setting
    ADD COLUMN default_value text,
    ADD COLUMN is_edited boolean NOT NULL GENERATED ALWAYS AS (value IS DISTINCT FROM default_value) STORED;
COMMENT ON TABLE hkpost.setting IS 'Numbers that the rules written in SQL need. Change value with an UPDATE: a migration never puts it back. A value that no person changed follows the seed file.';
COMMENT ON COLUMN hkpost.setting.default_value IS 'The value in the seed file. SET value = default_value to follow the file again.';
COMMENT ON COLUMN hkpost.setting.is_edited IS 'True when the value is not the seed file''s: a person changed it.';

ALTER TABLE hkpost.poll_policy
    ADD COLUMN default_poll_after interval,
    ADD COLUMN default_silence_share numeric,
    ADD COLUMN default_poll_at_most interval,
    ADD COLUMN is_edited boolean NOT NULL GENERATED ALWAYS AS (
        poll_after IS DISTINCT FROM default_poll_after
        OR silence_share IS DISTINCT FROM default_silence_share
        OR poll_at_most IS DISTINCT FROM default_poll_at_most) STORED;
COMMENT ON TABLE hkpost.poll_policy IS 'When an item is asked again after an answer: silence * silence_share, kept between poll_after and poll_at_most; silence is the time since the item''s last change. Change it with an UPDATE: a migration never puts it back. A row that no person changed follows the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.default_poll_after IS 'poll_after in the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.default_silence_share IS 'silence_share in the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.default_poll_at_most IS 'poll_at_most in the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.is_edited IS 'True when one of the three is not the seed file''s: a person changed the row.';
