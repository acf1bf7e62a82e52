-- When an event appeared, went or came back; noted once, however often an answer is loaded.
INSERT INTO hkpost.tracking_event_change (item_no, event_key, event_date, changed_at, change, call_id)
SELECT item_no, event_key, event_date, changed_at, change, call_id
FROM loaded_event_change
ON CONFLICT DO NOTHING;
