-- From which state to which each item went, its expiry included.
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause, call_id)
SELECT copied.item_no, change.changed_at + copied.shift, change.from_state, change.to_state, change.cause,
       CASE WHEN change.call_id IS NOT NULL THEN copied.call_id END
FROM copied
JOIN bench.original_state_change AS change ON change.item_no = copied.original
UNION ALL
SELECT item.item_no, item.closed_at, original.state, 'expired', 'rule', NULL
FROM copied
JOIN bench.original ON original.item_no = copied.original
JOIN hkpost.mail_item AS item ON item.item_no = copied.item_no
WHERE original.is_open AND item.state = 'expired';
