-- Why something could not be used, for programs and for a page in another language.

ALTER TABLE hkpost.rejected_record ADD COLUMN reason_code text COLLATE "C", ADD COLUMN reason_values text[];
COMMENT ON COLUMN hkpost.rejected_record.reason_code IS 'The reason as a code (hkpost/reasons.py has its sentence); null in rows from before this was kept.';
COMMENT ON COLUMN hkpost.rejected_record.reason_values IS 'The values in the reason in their order; of a reason that has another behind it (not_asked, registered_without, …) that one''s code and values follow. Null in rows from before this was kept.';
