-- What a person must act on: open alerts, and what the page sees by itself: old counts, no count at all, wordings without
-- a meaning.
SELECT name AS kind, nullif(account, '') AS account, raised_at AS since, NULL::bigint AS n, message AS detail, details
FROM hkpost.alert
WHERE ended_at IS NULL
UNION ALL
SELECT 'never_run', NULL, NULL, NULL, NULL, NULL
WHERE NOT EXISTS (SELECT FROM hkpost.freshness_snapshot)
UNION ALL
SELECT 'counts_old', NULL, counted.at, NULL, NULL, NULL
FROM (SELECT max(taken_at) AS at FROM hkpost.freshness_snapshot) AS counted
JOIN hkpost.setting ON setting.name = 'alert_no_run_hours' AND setting.value::integer > 0
WHERE counted.at < now() - make_interval(hours => setting.value::integer)
UNION ALL
SELECT 'unclassified', NULL, min(first_seen_at), count(*), NULL, NULL
FROM hkpost.dim_wording
WHERE event_type = 'unclassified'
HAVING count(*) > 0;
