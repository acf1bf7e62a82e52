-- The wordings without a meaning, the newest first.
SELECT kind, lang, template, first_seen_at
FROM hkpost.dim_wording
WHERE event_type = 'unclassified'
ORDER BY first_seen_at DESC, wording_id DESC
LIMIT 20;
