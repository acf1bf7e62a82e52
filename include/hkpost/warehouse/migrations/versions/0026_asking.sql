-- When asking pays: how long lanes are silent, what a question costs, and why each item is asked when it is
-- (docs/polling.md).

CREATE TABLE hkpost.lane_news (
    origin      text     COLLATE "C" NOT NULL,
    destination text     COLLATE "C" NOT NULL,
    service     text     COLLATE "C" NOT NULL,
    last_event  text     COLLATE "C" NOT NULL,
    clock       text     COLLATE "C" NOT NULL,
    week_start  date     NOT NULL,
    news        double precision[] NOT NULL,
    closing     double precision[] NOT NULL,
    open_hours  double precision[] NOT NULL,
    by_hour     integer[] NOT NULL,
    PRIMARY KEY (destination, origin, service, last_event, clock, week_start)
);
COMMENT ON TABLE hkpost.lane_news IS 'How long items of each lane were silent after an event of each type, counted once as their next event comes: what news_curve and news_week are made from. Kept for news_history_days.';
COMMENT ON COLUMN hkpost.lane_news.origin IS 'Country of origin as in item_journey.';
COMMENT ON COLUMN hkpost.lane_news.destination IS 'Country of destination as in item_journey.';
COMMENT ON COLUMN hkpost.lane_news.service IS 'Kind of service as in item_journey.';
COMMENT ON COLUMN hkpost.lane_news.last_event IS 'Type of the event before the silence (dim_event_type); registered: none yet.';
COMMENT ON COLUMN hkpost.lane_news.clock IS 'Country by whose clock the next event is expected: of origin up to the departure, of destination after it.';
COMMENT ON COLUMN hkpost.lane_news.week_start IS 'Monday of the week in which it was counted.';
COMMENT ON COLUMN hkpost.lane_news.news IS 'Silences that ended with an event, an element a class of time (0, 0.5, 1 … hours).';
COMMENT ON COLUMN hkpost.lane_news.closing IS 'Those of them that ended with an event that closes the item.';
COMMENT ON COLUMN hkpost.lane_news.open_hours IS 'For how long items were silent in each class, in hours of equal business (news_week).';
COMMENT ON COLUMN hkpost.lane_news.by_hour IS 'Events by hour of the week on the clock: 168 elements, the first is Monday''s from 00:00.';

CREATE TABLE hkpost.news_week (
    clock      text     COLLATE "C" NOT NULL,
    last_event text     COLLATE "C" NOT NULL,
    speed      double precision[] NOT NULL,
    made_at    timestamptz NOT NULL,
    PRIMARY KEY (clock, last_event)
);
COMMENT ON TABLE hkpost.news_week IS 'At which hours of the week events happen in each country, after an event of each type.';
COMMENT ON COLUMN hkpost.news_week.clock IS 'Country; empty: all.';
COMMENT ON COLUMN hkpost.news_week.last_event IS 'Type of the event before; empty: all.';
COMMENT ON COLUMN hkpost.news_week.speed IS 'How busy each hour of the week is beside the mean hour: 168 elements, the first is Monday''s from 00:00.';
COMMENT ON COLUMN hkpost.news_week.made_at IS 'When it was made.';

CREATE TABLE hkpost.news_curve (
    basis       text     COLLATE "C" NOT NULL
        CONSTRAINT news_curve_basis_check CHECK (basis IN ('lane_stage', 'destination', 'service', 'all')),
    origin      text     COLLATE "C" NOT NULL,
    destination text     COLLATE "C" NOT NULL,
    service     text     COLLATE "C" NOT NULL,
    last_event  text     COLLATE "C" NOT NULL,
    items       integer  NOT NULL,
    hazard      double precision[] NOT NULL,
    closing     double precision[] NOT NULL,
    made_at     timestamptz NOT NULL,
    PRIMARY KEY (destination, origin, service, last_event, basis)
);
COMMENT ON TABLE hkpost.news_curve IS 'How likely news is, by how long an item has been silent since an event of some type: a row a lane, and for what lanes have in common.';
COMMENT ON COLUMN hkpost.news_curve.basis IS 'Whose items they are: of the lane (lane_stage), of a destination, of a service, of all.';
COMMENT ON COLUMN hkpost.news_curve.origin IS 'Country of origin; empty too where the curve has all of them.';
COMMENT ON COLUMN hkpost.news_curve.destination IS 'Country of destination; empty too where the curve has all of them.';
COMMENT ON COLUMN hkpost.news_curve.service IS 'Kind of service; empty too where the curve has all of them.';
COMMENT ON COLUMN hkpost.news_curve.last_event IS 'Type of the event before the silence; registered: none yet.';
COMMENT ON COLUMN hkpost.news_curve.items IS 'How often an item had news after it.';
COMMENT ON COLUMN hkpost.news_curve.hazard IS 'Events expected an hour of mean business, an element a class of silence (0, 0.5, 1 … hours, as in lane_news).';
COMMENT ON COLUMN hkpost.news_curve.closing IS 'Those of them that close the item.';
COMMENT ON COLUMN hkpost.news_curve.made_at IS 'When the curves were made.';

CREATE TABLE hkpost.polling_price (
    made_at           timestamptz PRIMARY KEY,
    counted_until     timestamptz NOT NULL,
    price_hours       double precision,
    lateness_hours    double precision,
    questions_a_day   double precision,
    items             integer NOT NULL
);
COMMENT ON TABLE hkpost.polling_price IS 'The price of a question, each time that curves were made: one for all items, from lateness_target_hours and polling_quota_share, whichever asks less. The newest row holds.';
COMMENT ON COLUMN hkpost.polling_price.made_at IS 'When it was found.';
COMMENT ON COLUMN hkpost.polling_price.counted_until IS 'Events that were learned up to then are in lane_news.';
COMMENT ON COLUMN hkpost.polling_price.price_hours IS 'Hours of lateness that one question about one item is worth; null: too little is known, and poll_policy alone holds.';
COMMENT ON COLUMN hkpost.polling_price.lateness_hours IS 'Mean lateness of news that is expected at this price: from an event to the answer that tells of it.';
COMMENT ON COLUMN hkpost.polling_price.questions_a_day IS 'Questions a day that are expected at this price, of the items that the lanes tell of; a request asks about 30.';
COMMENT ON COLUMN hkpost.polling_price.items IS 'Open items that the lanes tell of.';

ALTER TABLE hkpost.item_forecast
    ADD COLUMN last_event text COLLATE "C",
    ADD COLUMN news_from timestamptz,
    ADD COLUMN news_until timestamptz,
    ADD COLUMN poll_reason text COLLATE "C"
        CONSTRAINT item_forecast_poll_reason_check CHECK (poll_reason IN ('lane', 'too_few', 'silent_lane', 'policy'));
COMMENT ON COLUMN hkpost.item_forecast.last_event IS 'Type of the item''s latest event at its last answer (dim_event_type); registered: none yet; null: its time is not known.';
COMMENT ON COLUMN hkpost.item_forecast.news_from IS 'As of the last answer: one of ten such items has news by then.';
COMMENT ON COLUMN hkpost.item_forecast.news_until IS 'Nine of ten have news by then; null: that takes more than 30 days.';
COMMENT ON COLUMN hkpost.item_forecast.poll_reason IS 'What mail_item.next_poll_at follows: lane (when asking pays), too_few (too little is known of such items: poll_policy), silent_lane (nothing is told of them: poll_policy), policy (poll_policy says so, or the service did not know the item).';

ALTER TABLE hkpost.poll_policy
    DROP COLUMN is_edited,
    ADD COLUMN poll_at_least interval,
    ADD COLUMN default_poll_at_least interval;
ALTER TABLE hkpost.poll_policy
    ADD COLUMN is_edited boolean NOT NULL GENERATED ALWAYS AS (
        poll_after IS DISTINCT FROM default_poll_after
        OR silence_share IS DISTINCT FROM default_silence_share
        OR poll_at_most IS DISTINCT FROM default_poll_at_most
        OR poll_at_least IS DISTINCT FROM default_poll_at_least) STORED;
COMMENT ON TABLE hkpost.poll_policy IS 'When an item is asked again after an answer: silence * silence_share, kept between poll_after and poll_at_most; silence is the time since the item''s last change. Where lanes have taught when news is to be expected: when asking pays, between poll_at_least and poll_at_most (docs/polling.md). Change it with an UPDATE: a migration never puts it back. A row that no person changed follows the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.poll_after IS 'The shortest wait, where lanes have not taught.';
COMMENT ON COLUMN hkpost.poll_policy.poll_at_least IS 'The shortest wait where lanes have taught when news is to be expected; null: what they teach does not count for this state.';
COMMENT ON COLUMN hkpost.poll_policy.default_poll_at_least IS 'poll_at_least in the seed file.';
COMMENT ON COLUMN hkpost.poll_policy.is_edited IS 'True when one of the four is not the seed file''s: a person changed the row.';


CREATE FUNCTION hkpost.clock_of_news(stage text, origin text, destination text)
RETURNS TABLE (clock text, zone text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT expected.clock, coalesce(country.principal_zone, 'Asia/Hong_Kong')
      FROM (SELECT CASE WHEN stage IN ('transit', 'destination', 'customs', 'delivery', 'final') AND destination <> ''
                        THEN destination
                        ELSE coalesce(nullif(origin, ''), 'HK')
                   END AS clock) AS expected
      LEFT JOIN hkpost.dim_country AS country ON country.country_code = expected.clock;
END;
COMMENT ON FUNCTION hkpost.clock_of_news(text, text, text) IS 'By whose clock the next event of an item is expected, from the stage of its last one: the origin''s up to the departure, then the destination''s. The country, and its principal time zone.';

-- A share of the quota is part of one; hours of lateness may be, too.
ALTER TABLE hkpost.setting DROP CONSTRAINT setting_value_check;
ALTER TABLE hkpost.setting ADD CONSTRAINT setting_value_check CHECK (
    CASE
        WHEN name = 'accounts_allowed' THEN value ~ '^[[:alnum:]_.:!(), -]*$'
        WHEN name IN ('lateness_target_hours', 'polling_quota_share', 'closing_news_weight', 'urgent_news_weight')
            THEN value ~ '^[0-9]{1,9}(\.[0-9]{1,6})?$'
        ELSE value ~ '^[0-9]{1,9}$'
    END);
COMMENT ON COLUMN hkpost.setting.value IS 'A whole number, of some a decimal one (lateness_target_hours, polling_quota_share, closing_news_weight, urgent_news_weight); of accounts_allowed: names of connections with commas between them, or nothing.';
