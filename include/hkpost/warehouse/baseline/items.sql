-- The items to track, how each of them went through its states, and what a person wants to know at once.

CREATE TABLE hkpost.mail_item (
    item_no           varchar(13) PRIMARY KEY,
    account           text        NOT NULL DEFAULT 'hkpost_default',
    source_ref        text,
    registered_at     timestamptz NOT NULL DEFAULT now(),
    priority          integer     NOT NULL DEFAULT 0,
    state             text        NOT NULL DEFAULT 'registered'
        CONSTRAINT mail_item_state_check CHECK (state IN (
            'registered', 'accepted', 'in_transit', 'customs', 'arrived', 'out_for_delivery',
            'delivery_attempted', 'awaiting_collection', 'exception',
            'delivered', 'returned', 'expired', 'invalid_number', 'not_permitted', 'not_found', 'cancelled')),
    is_open           boolean     NOT NULL GENERATED ALWAYS AS (state NOT IN (
            'delivered', 'returned', 'expired', 'invalid_number', 'not_permitted', 'not_found', 'cancelled')) STORED,
    closed_at         timestamptz,
    close_reason      text,
    api_status        integer,
    api_message       text,
    milestone_code    text,
    milestone_e       text,
    milestone_c       text,
    milestone_s       text,
    posted_at_local   timestamp,
    drop_off_point_e  text,
    drop_off_point_c  text,
    drop_off_point_s  text,
    origin_country    text,
    origin_iso        text,
    destination_country text,
    destination_iso   text,
    first_event_at    timestamptz,
    last_event_at     timestamptz,
    event_count       integer     NOT NULL DEFAULT 0,
    delivered_at      timestamptz,
    last_polled_at    timestamptz,
    last_answered_at  timestamptz,
    last_changed_at   timestamptz,
    next_poll_at      timestamptz,
    poll_count        integer     NOT NULL DEFAULT 0,
    pending_call_id   bigint,
    content_hash      text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- What is due, in the order in which it is asked: a claim reads as many as it takes, and sorts none. A million newly
-- registered ones all have the same (null) next_poll_at, so the item number is part of the order.
CREATE INDEX mail_item_due ON hkpost.mail_item (account, priority DESC, next_poll_at NULLS FIRST, item_no)
    WHERE is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL);
-- Small partial indexes: each finds the few rows that one rule of mark_terminal waits for.
CREATE INDEX mail_item_reopened ON hkpost.mail_item (item_no) WHERE is_open AND closed_at IS NOT NULL;
-- Closed without a stamp, or cancelled by the business after it was closed.
CREATE INDEX mail_item_newly_closed ON hkpost.mail_item (item_no)
    WHERE NOT is_open
      AND (closed_at IS NULL OR state = 'cancelled' AND close_reason NOT IN ('cancelled', 'duplicate'));
CREATE INDEX mail_item_malformed ON hkpost.mail_item (item_no) WHERE item_no !~ '^[A-Z0-9]{1,13}$' AND is_open;
CREATE INDEX mail_item_refused ON hkpost.mail_item (api_status) WHERE is_open AND api_status IN (1001, 1002, 1003, 1004);
CREATE INDEX mail_item_source_ref ON hkpost.mail_item (source_ref);
CREATE INDEX mail_item_pending ON hkpost.mail_item (pending_call_id) WHERE pending_call_id IS NOT NULL;
-- Closed items by reason, the latest first: today's closings and the lists of expired and not found items.
CREATE INDEX mail_item_closed ON hkpost.mail_item (close_reason, closed_at DESC, item_no DESC)
    WHERE closed_at IS NOT NULL;
-- Items registered at an instant that no calendar of a program has: the next run finds them here and dates them.
CREATE INDEX mail_item_undated ON hkpost.mail_item (item_no)
    WHERE registered_at NOT BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00';

COMMENT ON TABLE hkpost.mail_item IS 'One row for each mail item to track, with what the last answer said of it and when it is asked again. A number that a post issues again after years is taken for the same item.';
COMMENT ON COLUMN hkpost.mail_item.item_no IS 'Item number (tracking number), UPU S10 as a rule, as sent to Hongkong Post.';
COMMENT ON COLUMN hkpost.mail_item.account IS 'Airflow connection of the API account to ask with.';
COMMENT ON COLUMN hkpost.mail_item.source_ref IS 'The business''s own reference: an order or a shipment number.';
COMMENT ON COLUMN hkpost.mail_item.registered_at IS 'When the item was handed over for tracking.';
COMMENT ON COLUMN hkpost.mail_item.priority IS 'Higher is asked first.';
COMMENT ON COLUMN hkpost.mail_item.state IS 'Where the item stands: registered, accepted, in_transit, customs, arrived, out_for_delivery, delivery_attempted, awaiting_collection, exception (open); delivered, returned, expired, invalid_number, not_permitted, not_found, cancelled (closed). Set an open state by hand to reopen an item.';
COMMENT ON COLUMN hkpost.mail_item.is_open IS 'True while the item is asked about; follows from state.';
COMMENT ON COLUMN hkpost.mail_item.closed_at IS 'When the pipeline closed the item; null while it is open.';
COMMENT ON COLUMN hkpost.mail_item.close_reason IS 'Why it was closed, in one word.';
COMMENT ON COLUMN hkpost.mail_item.api_status IS 'Last status code of the item itself: 0, or one of Appendix A of the API specification.';
COMMENT ON COLUMN hkpost.mail_item.api_message IS 'Error message that came with api_status.';
COMMENT ON COLUMN hkpost.mail_item.milestone_code IS 'Milestone code of the older face of the service; usually null.';
COMMENT ON COLUMN hkpost.mail_item.milestone_e IS 'Milestone in English, as received.';
COMMENT ON COLUMN hkpost.mail_item.milestone_c IS 'Milestone in Traditional Chinese, as received.';
COMMENT ON COLUMN hkpost.mail_item.milestone_s IS 'Milestone in Simplified Chinese, as received.';
COMMENT ON COLUMN hkpost.mail_item.posted_at_local IS 'Posting date and time, on the clock of the place of posting.';
COMMENT ON COLUMN hkpost.mail_item.drop_off_point_e IS 'Drop-off point in English.';
COMMENT ON COLUMN hkpost.mail_item.drop_off_point_c IS 'Drop-off point in Traditional Chinese.';
COMMENT ON COLUMN hkpost.mail_item.drop_off_point_s IS 'Drop-off point in Simplified Chinese.';
COMMENT ON COLUMN hkpost.mail_item.origin_country IS 'Country of origin, its code as received.';
COMMENT ON COLUMN hkpost.mail_item.origin_iso IS 'Country of origin as ISO 3166 alpha-2; null when the code cannot be resolved.';
COMMENT ON COLUMN hkpost.mail_item.destination_country IS 'Country of destination, its code as received.';
COMMENT ON COLUMN hkpost.mail_item.destination_iso IS 'Country of destination as ISO 3166 alpha-2; null when the code cannot be resolved.';
COMMENT ON COLUMN hkpost.mail_item.first_event_at IS 'Instant of the oldest current event.';
COMMENT ON COLUMN hkpost.mail_item.last_event_at IS 'Instant of the latest current event.';
COMMENT ON COLUMN hkpost.mail_item.event_count IS 'Number of current events.';
COMMENT ON COLUMN hkpost.mail_item.delivered_at IS 'Instant of delivery; null while it is not delivered.';
COMMENT ON COLUMN hkpost.mail_item.last_polled_at IS 'When the item was last asked about.';
COMMENT ON COLUMN hkpost.mail_item.last_answered_at IS 'When the item was last answered with status 0.';
COMMENT ON COLUMN hkpost.mail_item.last_changed_at IS 'When an answer last brought something new.';
COMMENT ON COLUMN hkpost.mail_item.next_poll_at IS 'When the item is asked again. Null on an open item: at once. Null on a closed one: never.';
COMMENT ON COLUMN hkpost.mail_item.poll_count IS 'How often the item was asked about.';
COMMENT ON COLUMN hkpost.mail_item.pending_call_id IS 'Request whose archived answer is not loaded yet; the item is not asked again before it is.';
COMMENT ON COLUMN hkpost.mail_item.content_hash IS 'Hash of the last loaded answer of the item: an unchanged answer is skipped.';

CREATE TABLE hkpost.item_state_change (
    item_no    varchar(13) NOT NULL,
    changed_at timestamptz NOT NULL,
    from_state text,
    to_state   text        NOT NULL,
    cause      text,
    call_id    bigint,
    PRIMARY KEY (item_no, changed_at, to_state)
) PARTITION BY RANGE (changed_at);
CREATE TABLE hkpost.item_state_change_default PARTITION OF hkpost.item_state_change DEFAULT;

COMMENT ON TABLE hkpost.item_state_change IS 'Each change of an item''s state, with its cause. Partitioned by month of changed_at.';
COMMENT ON COLUMN hkpost.item_state_change.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.item_state_change.changed_at IS 'When the state changed in this warehouse.';
COMMENT ON COLUMN hkpost.item_state_change.from_state IS 'State before; null when it is not known.';
COMMENT ON COLUMN hkpost.item_state_change.to_state IS 'State after.';
COMMENT ON COLUMN hkpost.item_state_change.cause IS 'What changed it: an answer, a rule, a person.';
COMMENT ON COLUMN hkpost.item_state_change.call_id IS 'Request whose answer changed it; null when no answer did.';

CREATE TABLE hkpost.wanted_item (
    item_no   varchar(13) NOT NULL,
    run_id    text        NOT NULL,
    wanted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (item_no, run_id)
);
COMMENT ON TABLE hkpost.wanted_item IS 'Items that a person wants an answer about at once (hkpost_track_now): they go before all others, closed ones too, until they are answered or the run gives them up. Usually empty.';
COMMENT ON COLUMN hkpost.wanted_item.item_no IS 'Item number: mail_item.';
COMMENT ON COLUMN hkpost.wanted_item.run_id IS 'Airflow run that wants the answer.';
COMMENT ON COLUMN hkpost.wanted_item.wanted_at IS 'Since when.';
