-- Somebody was told of an open alert.
UPDATE hkpost.alert
SET sent_at = now()
WHERE name = :name AND account = :account AND ended_at IS NULL;
