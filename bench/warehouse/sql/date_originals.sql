-- Changes and closures are stamped with the clock of the load: give them the time of the answer they came with.
UPDATE hkpost.item_state_change AS change
SET changed_at = call.sent_at + interval '1 second'
FROM hkpost.api_call AS call
WHERE call.call_id = change.call_id;

UPDATE hkpost.item_state_change AS change
SET changed_at = item.last_polled_at + interval '10 minutes'
FROM hkpost.mail_item AS item
WHERE item.item_no = change.item_no AND change.call_id IS NULL;

UPDATE hkpost.mail_item
SET closed_at = last_polled_at + interval '10 minutes',
    next_poll_at = CASE WHEN state = 'delivered' THEN last_polled_at + interval '2 days' END
WHERE NOT is_open;
