-- The fact: every tracking event ever seen, and when each appeared, went and came back.

CREATE TABLE hkpost.fact_tracking_event (
    item_no          varchar(13) NOT NULL,
    event_key        text        NOT NULL,
    event_date       date        NOT NULL,
    event_time_local timestamp,
    event_time_text  text,
    event_time       timestamptz,
    time_zone        text,
    time_precision   text        NOT NULL
        CONSTRAINT fact_tracking_event_time_precision_check
        CHECK (time_precision IN ('zone', 'country', 'date', 'unknown')),
    location_code    text,
    country_iso      text,
    place_id         bigint,
    text_id          bigint,
    text_params      text[],
    event_type       text        NOT NULL DEFAULT 'unclassified',
    wording_id       bigint,
    event_code       text,
    sequence_no      integer,
    report_no        integer,
    first_seen_at    timestamptz NOT NULL DEFAULT now(),
    retracted_at     timestamptz,
    call_id          bigint,
    PRIMARY KEY (item_no, event_key, event_date)
) PARTITION BY RANGE (event_date);
CREATE TABLE hkpost.fact_tracking_event_default PARTITION OF hkpost.fact_tracking_event DEFAULT;

-- unclassified_wording counts current events and shows an item: both are in the index, so no event is read.
CREATE INDEX fact_tracking_event_unclassified ON hkpost.fact_tracking_event (wording_id) INCLUDE (item_no)
    WHERE event_type = 'unclassified' AND retracted_at IS NULL;
-- What the service took back, the latest first: few of very many events.
CREATE INDEX fact_tracking_event_retracted ON hkpost.fact_tracking_event (retracted_at DESC, item_no)
    WHERE retracted_at IS NOT NULL;

COMMENT ON TABLE hkpost.fact_tracking_event IS 'One row for each event ever seen of an item. Nothing is deleted. Partitioned by month of event_date. For reading, the view tracking_event has the texts.';
COMMENT ON COLUMN hkpost.fact_tracking_event.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.fact_tracking_event.event_key IS 'The event''s own key within its item: 16 hexadecimal digits, given once, never changed.';
COMMENT ON COLUMN hkpost.fact_tracking_event.event_date IS 'Local date of the event; 1900-01-01 when it cannot be read. Filter on it: it chooses the partitions.';
COMMENT ON COLUMN hkpost.fact_tracking_event.event_time_local IS 'Date and time on the clock of the place of the event; null when they cannot be read.';
COMMENT ON COLUMN hkpost.fact_tracking_event.event_time_text IS 'Date and time as received.';
COMMENT ON COLUMN hkpost.fact_tracking_event.event_time IS 'Instant of the event; null when it cannot be known. See time_precision.';
COMMENT ON COLUMN hkpost.fact_tracking_event.time_zone IS 'IANA time zone by which event_time was reckoned.';
COMMENT ON COLUMN hkpost.fact_tracking_event.time_precision IS 'zone: exact. country: the country has several zones and its principal one was taken. date: only the date was known, event_time is the start of that local day. unknown: no instant can be given.';
COMMENT ON COLUMN hkpost.fact_tracking_event.location_code IS 'Country code of the place, as received.';
COMMENT ON COLUMN hkpost.fact_tracking_event.country_iso IS 'Country of the place as ISO 3166 alpha-2; null when it cannot be resolved.';
COMMENT ON COLUMN hkpost.fact_tracking_event.place_id IS 'Place: dim_place. Null when no place was given.';
COMMENT ON COLUMN hkpost.fact_tracking_event.text_id IS 'Message: dim_event_text.';
COMMENT ON COLUMN hkpost.fact_tracking_event.text_params IS 'What fills {1}, {2} … of the message: item numbers and dates. Null when there is nothing to fill.';
COMMENT ON COLUMN hkpost.fact_tracking_event.event_type IS 'Canonical event type: dim_event_type.';
COMMENT ON COLUMN hkpost.fact_tracking_event.wording_id IS 'Line of the wording ledger that gave event_type: dim_wording.';
COMMENT ON COLUMN hkpost.fact_tracking_event.event_code IS 'Event code of the older face of the service; usually null.';
COMMENT ON COLUMN hkpost.fact_tracking_event.sequence_no IS 'Position in the item''s current history, 1 = oldest; null when retracted.';
COMMENT ON COLUMN hkpost.fact_tracking_event.report_no IS 'Position, oldest first, in the answer that first showed the event.';
COMMENT ON COLUMN hkpost.fact_tracking_event.first_seen_at IS 'When an answer first showed the event.';
COMMENT ON COLUMN hkpost.fact_tracking_event.retracted_at IS 'When the service stopped reporting the event; null while it still does.';
COMMENT ON COLUMN hkpost.fact_tracking_event.call_id IS 'Request whose answer first showed the event: api_call.';

CREATE TABLE hkpost.tracking_event_change (
    item_no    varchar(13) NOT NULL,
    event_key  text        NOT NULL,
    event_date date        NOT NULL,
    changed_at timestamptz NOT NULL,
    change     text        NOT NULL
        CONSTRAINT tracking_event_change_change_check CHECK (change IN ('appeared', 'retracted', 'returned')),
    call_id    bigint,
    PRIMARY KEY (item_no, event_key, changed_at, change)
) PARTITION BY RANGE (changed_at);
CREATE TABLE hkpost.tracking_event_change_default PARTITION OF hkpost.tracking_event_change DEFAULT;

-- The few retractions among all changes: what was known at an instant asks for them, by item or all together.
CREATE INDEX tracking_event_change_retracted ON hkpost.tracking_event_change (item_no, event_key, changed_at)
    WHERE change = 'retracted';

COMMENT ON TABLE hkpost.tracking_event_change IS 'When each event appeared, was retracted and returned: answers "what did we know on day D". Partitioned by month of changed_at.';
COMMENT ON COLUMN hkpost.tracking_event_change.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.tracking_event_change.event_key IS 'The event: fact_tracking_event.';
COMMENT ON COLUMN hkpost.tracking_event_change.event_date IS 'Local date of the event, as in fact_tracking_event.';
COMMENT ON COLUMN hkpost.tracking_event_change.changed_at IS 'When the answer that showed the change was received.';
COMMENT ON COLUMN hkpost.tracking_event_change.change IS 'appeared, retracted or returned.';
COMMENT ON COLUMN hkpost.tracking_event_change.call_id IS 'Request whose answer showed the change: api_call.';
