-- An answer that a person asked for is not the confirming look at a delivered item, if that lies still ahead.
UPDATE hkpost.mail_item AS item
SET next_poll_at = item.closed_at + confirm.after
FROM (
    SELECT make_interval(hours => value::integer) AS after
    FROM hkpost.setting
    WHERE name = 'confirm_after_hours'
) AS confirm
WHERE item.item_no = ANY(CAST(:item_nos AS varchar[]))
  AND item.state = 'delivered'
  AND item.next_poll_at IS NULL
  AND item.closed_at + confirm.after > now()
  AND confirm.after > interval '0';
