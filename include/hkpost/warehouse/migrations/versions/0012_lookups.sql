-- stuck_item of all lanes, and the page's list of it, read the open items alone: from the index where it can be.
DROP INDEX hkpost.item_journey_open;
CREATE INDEX item_journey_open ON hkpost.item_journey (destination, origin, service)
    INCLUDE (item_no, state, last_event_at, registered_at) WHERE is_open;

-- What the service took back, the latest first: few of very many events.
CREATE INDEX fact_tracking_event_retracted ON hkpost.fact_tracking_event (retracted_at DESC, item_no)
    WHERE retracted_at IS NOT NULL;
