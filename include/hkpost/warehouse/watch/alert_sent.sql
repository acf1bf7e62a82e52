-- An open alert was sent.
UPDATE hkpost.alert
SET sent_at = now()
WHERE name = :name AND account = :account AND ended_at IS NULL;
