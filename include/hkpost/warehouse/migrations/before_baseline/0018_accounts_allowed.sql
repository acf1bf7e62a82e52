-- Which connections may be used is a list of names, all others are whole numbers.
ALTER TABLE hkpost.setting DROP CONSTRAINT setting_value_check;
ALTER TABLE hkpost.setting ADD CONSTRAINT setting_value_check CHECK (
    CASE name WHEN 'accounts_allowed' THEN value ~ '^[[:alnum:]_.:!(), -]*$' ELSE value ~ '^[0-9]{1,9}$' END
);
COMMENT ON COLUMN hkpost.setting.value IS 'A whole number; of accounts_allowed: names of connections with commas between them, or nothing.';
COMMENT ON TABLE hkpost.setting IS 'Numbers that the rules written in SQL need, and which accounts may be used. Change value with an UPDATE: a migration never puts it back. A value that no person changed follows the seed file.';
