-- Beside the items that an answer changed, those that were asked about for the first time get a journey; beside
-- the events that were known and stay, those that were just written belong to it.
WITH first_asked AS (
    INSERT INTO journey_item (item_no)
    SELECT item_no
    FROM loaded_item AS loaded
    WHERE NOT EXISTS (SELECT FROM hkpost.item_journey AS known WHERE known.item_no = loaded.item_no)
    ON CONFLICT DO NOTHING
)
INSERT INTO journey_event (item_no, event_type, event_time, event_date)
SELECT item_no, event_type, event_time, event_date
FROM loaded_event
WHERE retracted_at IS NULL;
