-- When the events of some items appeared, went and came back.
SELECT item_no, event_key, changed_at, change, call_id
FROM hkpost.tracking_event_change
WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
ORDER BY item_no, changed_at, event_key, change;
