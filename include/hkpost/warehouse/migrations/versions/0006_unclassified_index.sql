-- unclassified_wording counts current events and shows an item: both are in the index, so no event is read.

DROP INDEX hkpost.fact_tracking_event_unclassified;
CREATE INDEX fact_tracking_event_unclassified ON hkpost.fact_tracking_event (wording_id) INCLUDE (item_no)
    WHERE event_type = 'unclassified' AND retracted_at IS NULL;
