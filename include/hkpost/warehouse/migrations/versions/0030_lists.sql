-- What the lists are filtered and sorted by, beside each item: a list of any length is read from an index alone.

ALTER TABLE hkpost.queue_item
    ADD COLUMN state text COLLATE "C",
    ADD COLUMN origin text COLLATE "C",
    ADD COLUMN destination text COLLATE "C",
    ADD COLUMN service text COLLATE "C",
    ADD COLUMN account text,
    ADD COLUMN silent_since timestamptz,
    ADD COLUMN open_since timestamptz,
    ADD COLUMN last_event_at timestamptz;
UPDATE hkpost.queue_item AS queued
SET state = journey.state, origin = journey.origin, destination = journey.destination, service = journey.service,
    account = item.account, silent_since = coalesce(journey.last_event_at, journey.registered_at),
    open_since = coalesce(journey.posted_at, journey.registered_at), last_event_at = journey.last_event_at
FROM hkpost.item_journey AS journey
JOIN hkpost.mail_item AS item ON item.item_no = journey.item_no
WHERE journey.item_no = queued.item_no;
DROP INDEX hkpost.queue_item_oldest;
CREATE INDEX queue_item_oldest ON hkpost.queue_item (queue, since, item_no)
    INCLUDE (state, origin, destination, service, account, silent_since, open_since, last_event_at);
COMMENT ON COLUMN hkpost.queue_item.state IS 'Its state, as of the end of the last run, as all that follows.';
COMMENT ON COLUMN hkpost.queue_item.origin IS 'As in journey.';
COMMENT ON COLUMN hkpost.queue_item.destination IS 'As in journey.';
COMMENT ON COLUMN hkpost.queue_item.service IS 'As in journey.';
COMMENT ON COLUMN hkpost.queue_item.account IS 'As in mail_item.';
COMMENT ON COLUMN hkpost.queue_item.silent_since IS 'Its latest event, else its registration.';
COMMENT ON COLUMN hkpost.queue_item.open_since IS 'Its posting, else its registration.';
COMMENT ON COLUMN hkpost.queue_item.last_event_at IS 'Its latest event; null without one.';

-- The same of closed items: their rows are wide, and a list reads thousands of them.
DROP INDEX hkpost.mail_item_closed;
CREATE INDEX mail_item_closed ON hkpost.mail_item (close_reason, closed_at DESC, item_no DESC)
    INCLUDE (is_open, state, account, destination_iso, destination_country, destination_expected, origin_iso,
             origin_country, last_event_at, registered_at, posted_at_local)
    WHERE closed_at IS NOT NULL;
COMMENT ON COLUMN hkpost.mail_item.origin_country IS 'Country of origin, its code as received: 40 characters of it, which is as much as the index needs hold.';
COMMENT ON COLUMN hkpost.mail_item.destination_country IS 'Country of destination, its code as received: 40 characters of it, as of origin_country.';
