-- Wordings seen for the first time wait for a person to say what they mean.
INSERT INTO hkpost.dim_wording (kind, lang, template, event_type, source, in_ledger)
SELECT kind, lang, template, 'unclassified', 'an answer', false
FROM loaded_wording
ORDER BY kind, lang, template
ON CONFLICT DO NOTHING
RETURNING wording_id, kind, lang, template;
