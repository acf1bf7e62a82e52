-- The items closed since the last midnight of a time zone, by reason: one step through the index for each reason there is.
WITH RECURSIVE reason AS (
    SELECT min(close_reason) AS close_reason FROM hkpost.mail_item WHERE closed_at IS NOT NULL
    UNION ALL
    SELECT (SELECT min(item.close_reason)
            FROM hkpost.mail_item AS item
            WHERE item.closed_at IS NOT NULL AND item.close_reason > reason.close_reason)
    FROM reason
    WHERE reason.close_reason IS NOT NULL
)
SELECT reason.close_reason, closed.items
FROM reason
CROSS JOIN LATERAL (
    SELECT count(*) AS items
    FROM hkpost.mail_item
    WHERE close_reason = reason.close_reason
      AND closed_at >= date_trunc('day', now() AT TIME ZONE :time_zone) AT TIME ZONE :time_zone
) AS closed
WHERE closed.items > 0
ORDER BY closed.items DESC;
