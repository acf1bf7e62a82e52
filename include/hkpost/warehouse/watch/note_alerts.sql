-- What was found becomes or stays an open alert; what was not found any more has ended.
-- :found is a JSON array of {"name", "account", "message", "look_with", "details"}.
WITH found AS (
    SELECT name, account, message, look_with, details
    FROM jsonb_to_recordset(CAST(:found AS jsonb))
         AS given (name text, account text, message text, look_with text, details jsonb)
), ended AS (
    UPDATE hkpost.alert
    SET ended_at = now()
    WHERE ended_at IS NULL
      AND NOT EXISTS (SELECT FROM found WHERE (found.name, found.account) = (alert.name, alert.account))
)
INSERT INTO hkpost.alert (name, account, message, look_with, details)
SELECT name, account, message, look_with, details FROM found
ON CONFLICT (name, account) WHERE ended_at IS NULL
DO UPDATE SET message = excluded.message, look_with = excluded.look_with, details = excluded.details, seen_at = now();
