-- Answers that wait to be loaded.
SELECT count(*) FROM hkpost.raw_response WHERE loaded_at IS NULL;
