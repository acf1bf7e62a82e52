-- One setting.
SELECT value FROM hkpost.setting WHERE name = :name;
