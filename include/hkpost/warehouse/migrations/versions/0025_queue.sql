-- What needs a person, item by item, and how much of it there was on each day.

CREATE TABLE hkpost.queue_item (
    item_no varchar(13) NOT NULL,
    queue   text        COLLATE "C" NOT NULL
        CONSTRAINT queue_item_queue_check CHECK (queue IN (
            'exception', 'failed_delivery', 'collection_lapsing', 'at_risk', 'stuck', 'silent')),
    since   timestamptz NOT NULL,
    PRIMARY KEY (item_no, queue)
);
CREATE INDEX queue_item_oldest ON hkpost.queue_item (queue, since, item_no);
COMMENT ON TABLE hkpost.queue_item IS 'Open items that need a person, as the end of the last run found them; refresh_queue.sql says which. An item may be in several queues.';
COMMENT ON COLUMN hkpost.queue_item.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.queue_item.queue IS 'exception, failed_delivery (an attempt failed), collection_lapsing (it waits to be collected and will soon be returned), at_risk (its promise has passed, or will hardly be kept), stuck (silent for longer than its lane needs), silent (the same on a lane that reports nothing).';
COMMENT ON COLUMN hkpost.queue_item.since IS 'Since when: its latest event; of at_risk the end of the promised day, of stuck and silent the end of what is usual on its lane.';

CREATE TABLE hkpost.queue_day (
    day        date        NOT NULL,
    queue      text        COLLATE "C" NOT NULL,
    items      bigint      NOT NULL,
    counted_at timestamptz NOT NULL,
    PRIMARY KEY (day, queue)
);
COMMENT ON TABLE hkpost.queue_day IS 'How many items each queue of queue_item had at the end of the last run of each day in Hong Kong.';
COMMENT ON COLUMN hkpost.queue_day.day IS 'Day in Hong Kong.';
COMMENT ON COLUMN hkpost.queue_day.queue IS 'As in queue_item.';
COMMENT ON COLUMN hkpost.queue_day.items IS 'Items in it.';
COMMENT ON COLUMN hkpost.queue_day.counted_at IS 'When they were counted.';

-- Lists of open items are read from the first index alone; those that were never asked about have no journey yet.
DROP INDEX hkpost.item_journey_open;
CREATE INDEX item_journey_open ON hkpost.item_journey (destination, origin, service)
    INCLUDE (item_no, state, last_event_at, registered_at, posted_at) WHERE is_open;
CREATE INDEX mail_item_never_asked ON hkpost.mail_item (registered_at, item_no) WHERE last_polled_at IS NULL AND is_open;
-- A code of any length was kept until now, and an index cannot hold it.
UPDATE hkpost.mail_item
SET origin_country = left(origin_country, 40), destination_country = left(destination_country, 40)
WHERE length(origin_country) > 40 OR length(destination_country) > 40;
DROP INDEX hkpost.mail_item_closed;
CREATE INDEX mail_item_closed ON hkpost.mail_item (close_reason, closed_at DESC, item_no DESC)
    INCLUDE (is_open, state, account, destination_iso, destination_country, destination_expected)
    WHERE closed_at IS NOT NULL;
