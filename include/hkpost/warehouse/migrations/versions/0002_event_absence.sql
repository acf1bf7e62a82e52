-- The few retractions among all changes: what was known at an instant asks for them, by item or all together.

CREATE INDEX tracking_event_change_retracted ON hkpost.tracking_event_change (item_no, event_key, changed_at)
    WHERE change = 'retracted';
