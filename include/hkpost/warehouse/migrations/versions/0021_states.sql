-- The states of an item, from the seed file state.csv: one line each.

CREATE TABLE hkpost.dim_state (
    state       text    PRIMARY KEY,
    state_rank  integer NOT NULL,
    is_open     boolean NOT NULL,
    is_terminal boolean NOT NULL,
    stage       text,
    tone        text    NOT NULL CONSTRAINT dim_state_tone_check CHECK (tone IN ('neutral', 'good', 'waiting', 'alarm')),
    name_e      text    NOT NULL,
    name_c      text    NOT NULL,
    name_s      text    NOT NULL,
    note        text,
    CONSTRAINT dim_state_terminal_check CHECK (NOT (is_open AND is_terminal))
);
COMMENT ON TABLE hkpost.dim_state IS 'The states that an item can be in, from the seed file state.csv.';
COMMENT ON COLUMN hkpost.dim_state.state IS 'Code, as in mail_item.state.';
COMMENT ON COLUMN hkpost.dim_state.state_rank IS 'Order in lists and charts: along the journey, then the ends.';
COMMENT ON COLUMN hkpost.dim_state.is_open IS 'True while an item in this state is asked about.';
COMMENT ON COLUMN hkpost.dim_state.is_terminal IS 'True when the item''s journey has ended (delivered, returned …). A closed state that is not terminal is closed without its end being known.';
COMMENT ON COLUMN hkpost.dim_state.stage IS 'Stage of the journey, as in dim_event_type; null when the state says nothing of it.';
COMMENT ON COLUMN hkpost.dim_state.tone IS 'How a page shows it: neutral, good, waiting (for somebody) or alarm.';
COMMENT ON COLUMN hkpost.dim_state.name_e IS 'Name in English.';
COMMENT ON COLUMN hkpost.dim_state.name_c IS 'Name in Traditional Chinese.';
COMMENT ON COLUMN hkpost.dim_state.name_s IS 'Name in Simplified Chinese.';
COMMENT ON COLUMN hkpost.dim_state.note IS 'What is not plain.';

-- The same as two lists, which a generated column and a constraint may use: the seeding replaces the functions when
-- dim_state changes, and computes is_open again where its answer changed (refresh_states.sql).
CREATE FUNCTION hkpost.open_states() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '{accepted,arrived,awaiting_collection,customs,delivery_attempted,exception,in_transit,out_for_delivery,registered}'::text[];
CREATE FUNCTION hkpost.closed_states() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '{cancelled,delivered,expired,invalid_number,not_found,not_permitted,returned}'::text[];
COMMENT ON FUNCTION hkpost.open_states() IS 'The states of dim_state that are open.';
COMMENT ON FUNCTION hkpost.closed_states() IS 'The states of dim_state that are closed.';

-- The files are applied after the revisions: what is in the tables until then is not checked again.
ALTER TABLE hkpost.dim_event_type ADD CONSTRAINT dim_event_type_state_fkey
    FOREIGN KEY (state) REFERENCES hkpost.dim_state (state) NOT VALID;
ALTER TABLE hkpost.poll_policy ADD CONSTRAINT poll_policy_state_fkey
    FOREIGN KEY (state) REFERENCES hkpost.dim_state (state) NOT VALID;

-- The expression of a generated column cannot be altered before PostgreSQL 17: both columns are made once more, with
-- their indexes.
ALTER TABLE hkpost.mail_item DROP CONSTRAINT mail_item_state_check, DROP COLUMN is_open;
ALTER TABLE hkpost.mail_item
    ADD CONSTRAINT mail_item_state_check
        CHECK (state = ANY (hkpost.open_states()) OR state = ANY (hkpost.closed_states())),
    ADD COLUMN is_open boolean NOT NULL GENERATED ALWAYS AS (state <> ALL (hkpost.closed_states())) STORED;
COMMENT ON COLUMN hkpost.mail_item.is_open IS 'True while the item is asked about; follows from state.';
COMMENT ON COLUMN hkpost.mail_item.state IS 'Where the item stands, in one word: dim_state. To reopen an item, set an open state.';

CREATE INDEX mail_item_due ON hkpost.mail_item (account, priority DESC, next_poll_at NULLS FIRST, item_no)
    WHERE is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL);
CREATE INDEX mail_item_reopened ON hkpost.mail_item (item_no) WHERE is_open AND closed_at IS NOT NULL;
CREATE INDEX mail_item_newly_closed ON hkpost.mail_item (item_no)
    WHERE NOT is_open
      AND (closed_at IS NULL OR state = 'cancelled' AND close_reason NOT IN ('cancelled', 'duplicate'));
CREATE INDEX mail_item_malformed ON hkpost.mail_item (item_no) WHERE item_no !~ '^[A-Z0-9]{1,13}$' AND is_open;
CREATE INDEX mail_item_refused ON hkpost.mail_item (api_status)
    WHERE is_open AND api_status IN (1001, 1002, 1003, 1004);

ALTER TABLE hkpost.item_journey DROP COLUMN is_open;
ALTER TABLE hkpost.item_journey
    ADD COLUMN is_open boolean NOT NULL GENERATED ALWAYS AS (state <> ALL (hkpost.closed_states())) STORED;
COMMENT ON COLUMN hkpost.item_journey.is_open IS 'True while the item is asked about; follows from state.';
CREATE INDEX item_journey_open ON hkpost.item_journey (destination, origin, service)
    INCLUDE (item_no, state, last_event_at, registered_at) WHERE is_open;
