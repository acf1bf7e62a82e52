-- What takes a look at every item of the last months is reckoned once a run, not once a question.

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

-- What mark_terminal has to stamp: closed without a stamp, or cancelled by the business after it was closed.
DROP INDEX hkpost.mail_item_newly_closed;
CREATE INDEX mail_item_newly_closed ON hkpost.mail_item (item_no)
    WHERE NOT is_open
      AND (closed_at IS NULL OR state = 'cancelled' AND close_reason NOT IN ('cancelled', 'duplicate'));
