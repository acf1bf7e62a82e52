-- What an alert says, for a page in another language.

ALTER TABLE hkpost.alert ADD COLUMN details jsonb;
COMMENT ON COLUMN hkpost.alert.details IS 'The values in the message, by name, for texts in other languages; null where it has none, and in rows from before this was kept.';
