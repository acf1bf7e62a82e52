-- Alerts that stand
SELECT name, account, raised_at, message, look_with
FROM hkpost.alert
WHERE ended_at IS NULL
ORDER BY raised_at;
