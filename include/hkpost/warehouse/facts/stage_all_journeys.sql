-- All items with all their current events, for merge_journeys, which sorts them: in memory as far as it goes.
SET LOCAL work_mem = '256MB';
CREATE TEMP VIEW journey_item AS SELECT item_no FROM hkpost.mail_item;
CREATE TEMP VIEW journey_event AS
SELECT item_no, event_type, event_time, event_date FROM hkpost.fact_tracking_event WHERE retracted_at IS NULL;
