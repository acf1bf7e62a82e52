-- What the end of each run counts and keeps, so that no page and no view reads millions of items for it.

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

CREATE TABLE hkpost.lane_history (
    origin          text   COLLATE "C" NOT NULL,
    destination     text   COLLATE "C" NOT NULL,
    service         text   COLLATE "C" NOT NULL,
    delivered_items bigint NOT NULL,
    median_days     numeric,
    p90_days        numeric,
    departed_items  bigint NOT NULL,
    heard_items     bigint NOT NULL,
    reckoned_at     timestamptz NOT NULL,
    PRIMARY KEY (destination, origin, service)
);
COMMENT ON TABLE hkpost.lane_history IS 'What is usual on each lane, from the items posted within lane_history_days; reckoned anew at the end of each run. stuck_item measures against it.';
COMMENT ON COLUMN hkpost.lane_history.origin IS 'Country of origin as in item_journey.';
COMMENT ON COLUMN hkpost.lane_history.destination IS 'Country of destination as in item_journey.';
COMMENT ON COLUMN hkpost.lane_history.service IS 'Kind of service as in item_journey.';
COMMENT ON COLUMN hkpost.lane_history.delivered_items IS 'Delivered items that the two times are taken from.';
COMMENT ON COLUMN hkpost.lane_history.median_days IS 'Median days from posting to delivery, in tenths, rounded up; null when nothing was delivered.';
COMMENT ON COLUMN hkpost.lane_history.p90_days IS 'Nine of ten items took at most so many days; in tenths, rounded up.';
COMMENT ON COLUMN hkpost.lane_history.departed_items IS 'Items that departed more than stuck_after_days ago.';
COMMENT ON COLUMN hkpost.lane_history.heard_items IS 'Items of them with an event at the destination, or a milestone that ends the journey.';
COMMENT ON COLUMN hkpost.lane_history.reckoned_at IS 'When this was reckoned.';

CREATE TABLE hkpost.chart_series (
    chart    text  PRIMARY KEY,
    taken_at timestamptz NOT NULL,
    series   jsonb NOT NULL
);
COMMENT ON TABLE hkpost.chart_series IS 'The page''s charts of the last weeks, as the end of the last run found them.';
COMMENT ON COLUMN hkpost.chart_series.chart IS 'Name of the chart.';
COMMENT ON COLUMN hkpost.chart_series.taken_at IS 'When its question was answered.';
COMMENT ON COLUMN hkpost.chart_series.series IS 'The answer: an array with an object a row.';
