-- How many items of each account are due, those that are urgent for a person included; :only, unless null,
-- leaves out all other items.
WITH urgent AS (
    SELECT item_no, account
    FROM hkpost.mail_item
    WHERE item_no IN (SELECT item_no FROM hkpost.wanted_item)
      AND pending_call_id IS NULL
      AND (CAST(:only AS varchar[]) IS NULL OR item_no = ANY(CAST(:only AS varchar[])))
)
SELECT account, sum(items)::bigint AS due
FROM (
    SELECT account, count(*) AS items
    FROM urgent
    GROUP BY account
    UNION ALL
    SELECT account, count(*)
    FROM hkpost.mail_item
    WHERE (is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL))
      AND (next_poll_at IS NULL OR next_poll_at <= now())
      AND pending_call_id IS NULL
      AND item_no ~ '^[A-Z0-9]{1,13}$'
      AND (CAST(:only AS varchar[]) IS NULL OR item_no = ANY(CAST(:only AS varchar[])))
      AND NOT EXISTS (SELECT FROM urgent WHERE urgent.item_no = mail_item.item_no)
    GROUP BY account
) AS counted
GROUP BY account
ORDER BY account;
