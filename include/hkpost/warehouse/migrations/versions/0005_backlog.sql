-- What was open and how fresh it was at the end of each run: the backlog's history, without counting millions
-- of items for a page.

CREATE TABLE hkpost.backlog_snapshot (
    taken_at  timestamptz NOT NULL,
    account   text        NOT NULL,
    state     text        NOT NULL,
    items     bigint      NOT NULL,
    due_items bigint      NOT NULL,
    PRIMARY KEY (taken_at, account, state)
);
COMMENT ON TABLE hkpost.backlog_snapshot IS 'How many items were open at the end of each run, by account and state.';
COMMENT ON COLUMN hkpost.backlog_snapshot.taken_at IS 'When they were counted.';
COMMENT ON COLUMN hkpost.backlog_snapshot.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.backlog_snapshot.state IS 'An open state: mail_item.state.';
COMMENT ON COLUMN hkpost.backlog_snapshot.items IS 'Items in that state.';
COMMENT ON COLUMN hkpost.backlog_snapshot.due_items IS 'Items of them that were due to be asked about.';

CREATE TABLE hkpost.freshness_snapshot (
    taken_at      timestamptz NOT NULL,
    account       text        NOT NULL,
    open_items    bigint      NOT NULL,
    due_items     bigint      NOT NULL,
    oldest_due_at timestamptz,
    median_age_s  double precision,
    PRIMARY KEY (taken_at, account)
);
COMMENT ON TABLE hkpost.freshness_snapshot IS 'How old the knowledge about each account''s open items was at the end of each run.';
COMMENT ON COLUMN hkpost.freshness_snapshot.taken_at IS 'When it was looked at.';
COMMENT ON COLUMN hkpost.freshness_snapshot.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.freshness_snapshot.open_items IS 'Open items.';
COMMENT ON COLUMN hkpost.freshness_snapshot.due_items IS 'Items of them that were due to be asked about.';
COMMENT ON COLUMN hkpost.freshness_snapshot.oldest_due_at IS 'Since when the longest waiting of them was due; null when none was.';
COMMENT ON COLUMN hkpost.freshness_snapshot.median_age_s IS 'Half of the open items were last asked about at most so many seconds before; one never asked counts from its registration.';

-- Closed items by reason, the latest first: today's closings and the lists of expired and not found items.
CREATE INDEX mail_item_closed ON hkpost.mail_item (close_reason, closed_at DESC, item_no DESC)
    WHERE closed_at IS NOT NULL;
