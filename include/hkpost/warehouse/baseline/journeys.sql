-- What the views that count and measure read instead of every event: one row an item; and what the business promises.

CREATE TABLE hkpost.item_journey (
    item_no         varchar(13) PRIMARY KEY,
    origin          text        COLLATE "C" NOT NULL,
    destination     text        COLLATE "C" NOT NULL,
    service         text        COLLATE "C" NOT NULL,
    state           text        COLLATE "C" NOT NULL,
    is_open         boolean     NOT NULL GENERATED ALWAYS AS (state NOT IN (
        'delivered', 'returned', 'expired', 'invalid_number', 'not_permitted', 'not_found', 'cancelled')) STORED,
    registered_at   timestamptz NOT NULL,
    posted_at       timestamptz,
    posted_on       date        NOT NULL,
    week_start      date        NOT NULL,
    furthest_rank   smallint,
    posting_at      timestamptz,
    first_scan_at   timestamptz,
    origin_at       timestamptz,
    departed_at     timestamptz,
    transit_at      timestamptz,
    destination_at  timestamptz,
    customs_at      timestamptz,
    customs_in_at   timestamptz,
    customs_out_at  timestamptz,
    delivery_at     timestamptz,
    out_for_delivery_at timestamptz,
    first_attempt_at timestamptz,
    failed_attempts smallint    NOT NULL DEFAULT 0,
    final_at        timestamptz,
    delivered_at    timestamptz,
    delivered_on    date,
    last_event_at   timestamptz,
    event_count     integer     NOT NULL DEFAULT 0
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- The cohort of some weeks, of all lanes or of one.
CREATE INDEX item_journey_week ON hkpost.item_journey (week_start, destination);
-- stuck_item of all lanes, and the page's list of it, read the open items alone: from the index where it can be.
CREATE INDEX item_journey_open ON hkpost.item_journey (destination, origin, service)
    INCLUDE (item_no, state, last_event_at, registered_at) WHERE is_open;
-- Some days' mail. Rows lie in the order of time, nearly: a few pages of index are enough, and outliers do no harm.
CREATE INDEX item_journey_days ON hkpost.item_journey
    USING brin (posted_on date_minmax_multi_ops, delivered_on date_minmax_multi_ops) WITH (pages_per_range = 32);

-- How many lead times in tenths of a day a lane has: few, which tells the planner that stuck_item may count them
-- in memory.
CREATE STATISTICS hkpost.item_journey_lead (ndistinct)
    ON origin, destination, service, (ceil(date_part('epoch', delivered_at - posted_at) / 8640)::integer)
    FROM hkpost.item_journey;

COMMENT ON TABLE hkpost.item_journey IS 'One row for each item that was asked about: its lane, and when it first came to each point of its way. Taken from the current events and mail_item with each load, so that views need not read every event; a state set by hand is here after the next run. Retracted events and events whose instant is not known give no time.';
COMMENT ON COLUMN hkpost.item_journey.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.item_journey.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.item_journey.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; empty when unknown.';
COMMENT ON COLUMN hkpost.item_journey.service IS 'First letter of the item number, the kind of service after UPU S10: E express, R registered, C parcel, L tracked letter …; empty when the number is not of that form.';
COMMENT ON COLUMN hkpost.item_journey.state IS 'Where the item stands: mail_item.state.';
COMMENT ON COLUMN hkpost.item_journey.is_open IS 'True while the item is asked about; follows from state.';
COMMENT ON COLUMN hkpost.item_journey.registered_at IS 'When the item was handed over for tracking.';
COMMENT ON COLUMN hkpost.item_journey.posted_at IS 'Instant of posting (the posting clock is Hong Kong''s); of the first event where the posting is not known; null when neither is.';
COMMENT ON COLUMN hkpost.item_journey.posted_on IS 'Day in Hong Kong of posted_at; of the registration where it is null.';
COMMENT ON COLUMN hkpost.item_journey.week_start IS 'Monday of posted_on. Filter on it: it makes a query quick.';
COMMENT ON COLUMN hkpost.item_journey.furthest_rank IS 'Rank of the furthest stage that an event tells of: the lowest stage_rank of that stage in dim_event_type; null when no classified event is told. A milestone may know more: see state.';
COMMENT ON COLUMN hkpost.item_journey.posting_at IS 'First event of the stage posting: pre-advice or posting.';
COMMENT ON COLUMN hkpost.item_journey.first_scan_at IS 'First classified event of the item in the post''s hands: any but pre-advice and planned departure.';
COMMENT ON COLUMN hkpost.item_journey.origin_at IS 'First event of the stage origin.';
COMMENT ON COLUMN hkpost.item_journey.departed_at IS 'First departure from the outward office of exchange (EMC).';
COMMENT ON COLUMN hkpost.item_journey.transit_at IS 'First event of the stage transit.';
COMMENT ON COLUMN hkpost.item_journey.destination_at IS 'First event of the stage destination: the arrival there, as a rule.';
COMMENT ON COLUMN hkpost.item_journey.customs_at IS 'First event of the stage customs.';
COMMENT ON COLUMN hkpost.item_journey.customs_in_at IS 'First time presented to or held by import customs (EDB, EME).';
COMMENT ON COLUMN hkpost.item_journey.customs_out_at IS 'First return from import customs (EDC).';
COMMENT ON COLUMN hkpost.item_journey.delivery_at IS 'First event of the stage delivery: at the delivery office, as a rule.';
COMMENT ON COLUMN hkpost.item_journey.out_for_delivery_at IS 'First time out for delivery (EDG).';
COMMENT ON COLUMN hkpost.item_journey.first_attempt_at IS 'First attempt to deliver, whether it failed (EMH) or not (EMI).';
COMMENT ON COLUMN hkpost.item_journey.failed_attempts IS 'Days on which an attempt to deliver failed (EMH), by the clock of the place.';
COMMENT ON COLUMN hkpost.item_journey.final_at IS 'First event of the stage final: delivered or returned.';
COMMENT ON COLUMN hkpost.item_journey.delivered_at IS 'Instant of delivery; null while it is not delivered: mail_item.delivered_at.';
COMMENT ON COLUMN hkpost.item_journey.delivered_on IS 'Day of the latest delivery (EMI) by the clock of the place; null when no event tells it. It counts when state is delivered.';
COMMENT ON COLUMN hkpost.item_journey.last_event_at IS 'Instant of the latest current event.';
COMMENT ON COLUMN hkpost.item_journey.event_count IS 'Number of current events.';

CREATE TABLE hkpost.delivery_target (
    origin      text    COLLATE "C" NOT NULL DEFAULT '',
    destination text    COLLATE "C" NOT NULL DEFAULT '',
    service     text    COLLATE "C" NOT NULL DEFAULT '',
    valid_from  date    NOT NULL DEFAULT '2000-01-01',
    target_days integer NOT NULL CONSTRAINT delivery_target_target_days_check CHECK (target_days >= 0),
    source      text    NOT NULL,
    PRIMARY KEY (origin, destination, service, valid_from)
);
COMMENT ON TABLE hkpost.delivery_target IS 'Within how many days an item should be delivered: what the view on_time measures against. Empty until the business fills it: no standard is built in. The most specific line counts (destination before service before origin), of several the latest that was valid on the day of posting.';
COMMENT ON COLUMN hkpost.delivery_target.origin IS 'Country of origin as in item_journey; empty: any.';
COMMENT ON COLUMN hkpost.delivery_target.destination IS 'Country of destination as in item_journey; empty: any.';
COMMENT ON COLUMN hkpost.delivery_target.service IS 'Kind of service as in item_journey (E, R, C, L …); empty: any.';
COMMENT ON COLUMN hkpost.delivery_target.valid_from IS 'First day of posting that the line holds for.';
COMMENT ON COLUMN hkpost.delivery_target.target_days IS 'Calendar days from the day of posting to the day of delivery; the day of posting is day 0.';
COMMENT ON COLUMN hkpost.delivery_target.source IS 'Where the number comes from: a contract, a published standard, a decision.';
