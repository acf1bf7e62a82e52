-- The wording ledger; a line of the project's own file goes before one that an answer brought.
SELECT wording_id, kind, lang, template, event_type, coalesce(source, '') AS source
FROM hkpost.dim_wording
ORDER BY in_ledger DESC, wording_id;
