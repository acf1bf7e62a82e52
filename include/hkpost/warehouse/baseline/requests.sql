-- The ledger of requests, the archive of answers, what could not be used, and who may send for an account.

CREATE SEQUENCE hkpost.api_call_id_seq;

CREATE TABLE hkpost.api_call (
    call_id     bigint      NOT NULL DEFAULT nextval('hkpost.api_call_id_seq'),
    account     text        NOT NULL,
    run_id      text,
    sent_at     timestamptz NOT NULL,
    quota_day   date        NOT NULL,
    lang        text,
    latency_ms  integer,
    item_count  integer     NOT NULL,
    item_nos    text[]      NOT NULL,
    http_status integer,
    api_status  integer,
    outcome     text        NOT NULL DEFAULT 'in_flight'
        CONSTRAINT api_call_outcome_check CHECK (outcome IN (
            'in_flight', 'answered', 'tested', 'bisected', 'rate_limited', 'credential_refused', 'request_refused',
            'quota_exhausted', 'too_many_items', 'invalid_input', 'unavailable', 'timeout', 'interrupted',
            'unreachable', 'not_xml', 'incomplete', 'soap_fault', 'http_refused', 'too_large',
            'unknown_status', 'lost')),
    error       text,
    fence       bigint,
    PRIMARY KEY (call_id, sent_at)
) PARTITION BY RANGE (sent_at);
CREATE TABLE hkpost.api_call_default PARTITION OF hkpost.api_call DEFAULT;
ALTER SEQUENCE hkpost.api_call_id_seq OWNED BY hkpost.api_call.call_id;

-- api_quota_day is asked for the last days of all accounts; the quota of one account is found as well.
CREATE INDEX api_call_quota ON hkpost.api_call (quota_day, account);
CREATE INDEX api_call_items ON hkpost.api_call USING gin (item_nos);
CREATE INDEX api_call_run ON hkpost.api_call (run_id);

COMMENT ON TABLE hkpost.api_call IS 'One row for each request, written before it leaves. The day''s quota is counted here. Partitioned by month of sent_at.';
COMMENT ON COLUMN hkpost.api_call.call_id IS 'Number of the request.';
COMMENT ON COLUMN hkpost.api_call.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.api_call.run_id IS 'Airflow run that sent it.';
COMMENT ON COLUMN hkpost.api_call.sent_at IS 'When it was about to leave.';
COMMENT ON COLUMN hkpost.api_call.quota_day IS 'Day of the quota it counts to, in the quota''s own time zone.';
COMMENT ON COLUMN hkpost.api_call.lang IS 'Language asked for: A, E, C or S.';
COMMENT ON COLUMN hkpost.api_call.latency_ms IS 'From sending to the end of the answer, in milliseconds.';
COMMENT ON COLUMN hkpost.api_call.item_count IS 'Number of items asked about, at most 30.';
COMMENT ON COLUMN hkpost.api_call.item_nos IS 'Items asked about.';
COMMENT ON COLUMN hkpost.api_call.http_status IS 'HTTP status of the answer; null when there was none.';
COMMENT ON COLUMN hkpost.api_call.api_status IS 'Status of the whole request: 0, or one of Appendix A of the API specification.';
COMMENT ON COLUMN hkpost.api_call.outcome IS 'What came of it, in one word. unreachable never reached the service and does not count to the quota; tested is an answer to the connection''s Test button, which is not kept.';
COMMENT ON COLUMN hkpost.api_call.error IS 'What went wrong, in words.';
COMMENT ON COLUMN hkpost.api_call.fence IS 'Fencing number of the account''s lease under which it was sent.';

CREATE TABLE hkpost.raw_response (
    call_id            bigint      NOT NULL,
    received_at        timestamptz NOT NULL,
    account            text        NOT NULL,
    lang               text,
    body               bytea,
    body_size          integer,
    content_type       text,
    credential_blanked boolean     NOT NULL DEFAULT false,
    loaded_at          timestamptz,
    PRIMARY KEY (call_id, received_at)
) PARTITION BY RANGE (received_at);
-- The bytes are gzip already: PostgreSQL need not try again.
ALTER TABLE hkpost.raw_response ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TABLE hkpost.raw_response_default PARTITION OF hkpost.raw_response DEFAULT;
CREATE INDEX raw_response_pending ON hkpost.raw_response (received_at) WHERE loaded_at IS NULL;

COMMENT ON TABLE hkpost.raw_response IS 'The archive: each answer''s bytes as received. Partitioned by day of received_at; kept for the setting archive_days.';
COMMENT ON COLUMN hkpost.raw_response.call_id IS 'The request: api_call.';
COMMENT ON COLUMN hkpost.raw_response.received_at IS 'When the answer was complete.';
COMMENT ON COLUMN hkpost.raw_response.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.raw_response.lang IS 'Language asked for: A, E, C or S.';
COMMENT ON COLUMN hkpost.raw_response.body IS 'The answer''s bytes, compressed with gzip.';
COMMENT ON COLUMN hkpost.raw_response.body_size IS 'Size of the answer in bytes, before compression.';
COMMENT ON COLUMN hkpost.raw_response.content_type IS 'Content type of the answer.';
COMMENT ON COLUMN hkpost.raw_response.credential_blanked IS 'True when the service echoed a credential, which was blanked before storing.';
COMMENT ON COLUMN hkpost.raw_response.loaded_at IS 'When the answer was loaded, or set aside because it cannot be (rejected_record says why); null while it waits.';

CREATE TABLE hkpost.rejected_record (
    rejected_id  bigint GENERATED ALWAYS AS IDENTITY,
    rejected_at  timestamptz NOT NULL DEFAULT now(),
    source       text NOT NULL
        CONSTRAINT rejected_record_source_check CHECK (source IN ('open_items', 'track_now', 'fetch', 'load')),
    account      text,
    item_no      text,
    call_id      bigint,
    reason       text NOT NULL,
    raw_fragment text,
    last_at      timestamptz NOT NULL DEFAULT now(),
    times        integer NOT NULL DEFAULT 1
);
-- No primary key: the table grows with the items, and item_no may be missing.
CREATE INDEX rejected_record_id ON hkpost.rejected_record (rejected_id);
CREATE INDEX rejected_record_time ON hkpost.rejected_record (last_at, rejected_id);
-- A number that nobody asked for may be longer than an entry of an ordered index can be (2,704 bytes).
CREATE INDEX rejected_record_item ON hkpost.rejected_record USING hash (item_no);
-- What is looked for before a reject is noted: of an item, else of an answer.
CREATE INDEX rejected_record_same ON hkpost.rejected_record USING hash (coalesce(item_no, call_id::text, ''));

COMMENT ON TABLE hkpost.rejected_record IS 'What could not be used, and why. Nothing is dropped in silence: the same again is counted. Kept for the setting rejected_days after it was last met.';
COMMENT ON COLUMN hkpost.rejected_record.rejected_id IS 'Number of the record.';
COMMENT ON COLUMN hkpost.rejected_record.rejected_at IS 'When it was first rejected.';
COMMENT ON COLUMN hkpost.rejected_record.source IS 'Where it came in: open_items, track_now, fetch or load.';
COMMENT ON COLUMN hkpost.rejected_record.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.rejected_record.item_no IS 'Item number as it came, of any length.';
COMMENT ON COLUMN hkpost.rejected_record.call_id IS 'The request whose answer it was last met in: api_call.';
COMMENT ON COLUMN hkpost.rejected_record.reason IS 'Why it could not be used, in words.';
COMMENT ON COLUMN hkpost.rejected_record.raw_fragment IS 'The piece itself, as received.';
COMMENT ON COLUMN hkpost.rejected_record.last_at IS 'When it was last rejected.';
COMMENT ON COLUMN hkpost.rejected_record.times IS 'How often it was rejected.';

CREATE TABLE hkpost.account_lease (
    account      text PRIMARY KEY,
    fence        bigint NOT NULL DEFAULT 0,
    holder       text,
    run_id       text,
    acquired_at  timestamptz,
    heartbeat_at timestamptz,
    last_sent_at timestamptz,
    gap_ms       numeric
);
COMMENT ON TABLE hkpost.account_lease IS 'Who may send for an account: one holder at a time.';
COMMENT ON COLUMN hkpost.account_lease.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.account_lease.fence IS 'Fencing number: grows with each new holder; a request of an older one is refused.';
COMMENT ON COLUMN hkpost.account_lease.holder IS 'Process that holds the lease; null when it is free.';
COMMENT ON COLUMN hkpost.account_lease.run_id IS 'Airflow run of the holder.';
COMMENT ON COLUMN hkpost.account_lease.acquired_at IS 'When the holder took it.';
COMMENT ON COLUMN hkpost.account_lease.heartbeat_at IS 'When the holder last said that it lives.';
COMMENT ON COLUMN hkpost.account_lease.last_sent_at IS 'When the account''s last request was entered in the ledger, just before it left. The distance between two runs is kept by each run''s gate: its first request waits a whole gap.';
COMMENT ON COLUMN hkpost.account_lease.gap_ms IS 'Gap between two requests that the service last accepted, in milliseconds.';
