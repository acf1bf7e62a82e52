-- The items closed since the last midnight of a time zone, by reason.
SELECT reason.close_reason, closed.items
FROM (
    SELECT unnest(ARRAY[
        'delivered', 'returned', 'expired', 'invalid_number', 'malformed', 'not_permitted', 'not_found',
        'cancelled', 'duplicate'
    ]) AS close_reason
) AS reason
CROSS JOIN LATERAL (
    SELECT count(*) AS items
    FROM hkpost.mail_item
    WHERE close_reason = reason.close_reason
      AND closed_at >= date_trunc('day', now() AT TIME ZONE :time_zone) AT TIME ZONE :time_zone
) AS closed
WHERE closed.items > 0
ORDER BY closed.items DESC;
