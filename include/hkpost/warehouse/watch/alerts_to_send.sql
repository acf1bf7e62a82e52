-- Open alerts that were not sent, or not for long.
SELECT name, account, message, look_with, details
FROM hkpost.alert
WHERE ended_at IS NULL
  AND (sent_at IS NULL OR sent_at < now() - (
      SELECT make_interval(hours => value::integer) FROM hkpost.setting WHERE name = 'alert_again_hours'
  ))
ORDER BY raised_at, name, account;
