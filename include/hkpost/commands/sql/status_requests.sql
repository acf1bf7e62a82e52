-- Requests of the last two days, by account and day of its quota
SELECT account, quota_day, requests_counted, items_answered, last_sent_at
FROM hkpost.api_quota_day
WHERE quota_day > current_date - 2
ORDER BY account, quota_day DESC;
