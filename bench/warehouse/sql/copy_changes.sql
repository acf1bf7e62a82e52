-- When each event appeared, went and came back.
INSERT INTO hkpost.tracking_event_change (item_no, event_key, event_date, changed_at, change, call_id)
SELECT copied.item_no, change.event_key,
       coalesce((event.event_time_local + copied.shift)::date, event.event_date),
       change.changed_at + copied.shift, change.change, copied.call_id
FROM copied
JOIN bench.original_change AS change ON change.item_no = copied.original
JOIN bench.original_event AS event ON event.item_no = change.item_no AND event.event_key = change.event_key;
