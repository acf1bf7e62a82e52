-- What lanes teach: curves of delivery, and the forecast of each open item (docs/forecasts.md).

CREATE TABLE hkpost.lane_curve (
    basis           text     COLLATE "C" NOT NULL
        CONSTRAINT lane_curve_basis_check CHECK (basis IN ('lane_stage', 'destination', 'service', 'all')),
    origin          text     COLLATE "C" NOT NULL,
    destination     text     COLLATE "C" NOT NULL,
    service         text     COLLATE "C" NOT NULL,
    stage           text     COLLATE "C" NOT NULL,
    waited_days     double precision NOT NULL,
    items           integer  NOT NULL,
    day             double precision[] NOT NULL,
    at_risk         integer[] NOT NULL,
    delivered       integer[] NOT NULL,
    ended           integer[] NOT NULL,
    censored        integer[] NOT NULL,
    share_delivered double precision[] NOT NULL,
    share_ended     double precision[] NOT NULL,
    made_at         timestamptz NOT NULL,
    PRIMARY KEY (destination, origin, service, stage, waited_days, basis)
);
COMMENT ON TABLE hkpost.lane_curve IS 'How long items take to be delivered from a stage on, from those posted within lane_history_days: a row for each lane, stage and time already spent there, and for what lanes have in common. Arrays have an element a class of time: SELECT unnest(day), unnest(share_delivered) … (docs/forecasts.md).';
COMMENT ON COLUMN hkpost.lane_curve.basis IS 'Whose items they are: of the lane (lane_stage), of a destination, of a service, of all; without lanes that report nothing but for lane_stage.';
COMMENT ON COLUMN hkpost.lane_curve.origin IS 'Country of origin as in item_journey; empty too where the curve has all of them.';
COMMENT ON COLUMN hkpost.lane_curve.destination IS 'Country of destination as in item_journey; empty too where the curve has all of them.';
COMMENT ON COLUMN hkpost.lane_curve.service IS 'Kind of service as in item_journey; empty too where the curve has all of them.';
COMMENT ON COLUMN hkpost.lane_curve.stage IS 'Stage of the journey: registered (no event yet), posting, origin, transit, destination, customs, delivery.';
COMMENT ON COLUMN hkpost.lane_curve.waited_days IS 'Days that the items had spent in the stage, at the least, without reaching a later stage.';
COMMENT ON COLUMN hkpost.lane_curve.items IS 'How many items that were.';
COMMENT ON COLUMN hkpost.lane_curve.day IS 'Ends of the classes of time, in days since the stage was entered, up to the class in which the last item went.';
COMMENT ON COLUMN hkpost.lane_curve.at_risk IS 'Items that were not at their end when the class began.';
COMMENT ON COLUMN hkpost.lane_curve.delivered IS 'Items of them that were delivered within the class.';
COMMENT ON COLUMN hkpost.lane_curve.ended IS 'Items of them whose journey ended otherwise within the class: returned, expired, not found, cancelled.';
COMMENT ON COLUMN hkpost.lane_curve.censored IS 'Items of them that are open and whose last answer lies within the class.';
COMMENT ON COLUMN hkpost.lane_curve.share_delivered IS 'Share of the items that is delivered by the end of the class, from 0 to 1; what is open counts as far as it was followed.';
COMMENT ON COLUMN hkpost.lane_curve.share_ended IS 'Share of them that has ended otherwise by then.';
COMMENT ON COLUMN hkpost.lane_curve.made_at IS 'When the curves were made.';

CREATE TABLE hkpost.item_forecast (
    item_no          varchar(13) PRIMARY KEY,
    forecast_at      timestamptz NOT NULL,
    stage            text     COLLATE "C" NOT NULL,
    p10_at           timestamptz,
    p50_at           timestamptz,
    p80_at           timestamptz,
    p90_at           timestamptz,
    share_by_promise double precision,
    share_never      double precision,
    basis            text     COLLATE "C"
        CONSTRAINT item_forecast_basis_check CHECK (basis IN ('lane_stage', 'lane', 'destination', 'service', 'all')),
    basis_items      integer  NOT NULL,
    expects_report   boolean  NOT NULL,
    promised_until   timestamptz,
    known_until      timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON TABLE hkpost.item_forecast IS 'When each open item will be delivered: one row an item, from what became of those that were as long where it is (docs/forecasts.md). Null: not known, or too few.';
COMMENT ON COLUMN hkpost.item_forecast.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.item_forecast.forecast_at IS 'When the forecast was made: when something was learned of the item or of its lane.';
COMMENT ON COLUMN hkpost.item_forecast.stage IS 'Furthest stage that an event of the item tells of: registered (no event yet), posting, origin, transit, destination, customs, delivery.';
COMMENT ON COLUMN hkpost.item_forecast.p10_at IS 'One of ten such items is delivered by then. Never before forecast_at; null where fewer ever are, as for the next three.';
COMMENT ON COLUMN hkpost.item_forecast.p50_at IS 'Half of such items are delivered by then.';
COMMENT ON COLUMN hkpost.item_forecast.p80_at IS 'Eight of ten are.';
COMMENT ON COLUMN hkpost.item_forecast.p90_at IS 'Nine of ten are.';
COMMENT ON COLUMN hkpost.item_forecast.share_by_promise IS 'Probability of a delivery by promised_until, from 0 to 1; null without a promise.';
COMMENT ON COLUMN hkpost.item_forecast.share_never IS 'Probability of another end than a delivery (returned, expired, not found, cancelled), from 0 to 1.';
COMMENT ON COLUMN hkpost.item_forecast.basis IS 'Whose items it is compared with: lane_stage (of its lane, as long in its stage), lane (of its lane, half as long at least), destination, service, all (of those, as long in its stage); null: too few anywhere, or no report is expected.';
COMMENT ON COLUMN hkpost.item_forecast.basis_items IS 'How many items that were as long in the stage and not at their end.';
COMMENT ON COLUMN hkpost.item_forecast.expects_report IS 'False where the item was handed over to a destination that reports nothing, for this kind of service (stuck_item.lane_reports), and nothing was heard of it there: silence is no lateness then.';
COMMENT ON COLUMN hkpost.item_forecast.promised_until IS 'End of the promised day by the clock of the destination; null without a promise.';
COMMENT ON COLUMN hkpost.item_forecast.known_until IS 'Last answer about the item: what happened since is not known.';

CREATE TABLE hkpost.item_forecast_history (
    item_no          varchar(13) NOT NULL,
    forecast_on      date        NOT NULL,
    forecast_at      timestamptz NOT NULL,
    stage            text     COLLATE "C" NOT NULL,
    p10_at           timestamptz,
    p50_at           timestamptz,
    p80_at           timestamptz,
    p90_at           timestamptz,
    share_by_promise double precision,
    share_never      double precision,
    basis            text     COLLATE "C",
    basis_items      integer  NOT NULL,
    expects_report   boolean  NOT NULL,
    promised_until   timestamptz,
    PRIMARY KEY (item_no, forecast_on)
) PARTITION BY RANGE (forecast_on);
CREATE TABLE hkpost.item_forecast_history_default PARTITION OF hkpost.item_forecast_history DEFAULT;
COMMENT ON TABLE hkpost.item_forecast_history IS 'The first forecast of each day about each item, so that forecasts can be held against what came. Partitioned by month of forecast_on; kept for forecast_days.';
COMMENT ON COLUMN hkpost.item_forecast_history.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.item_forecast_history.forecast_on IS 'Day in Hong Kong of forecast_at.';
COMMENT ON COLUMN hkpost.item_forecast_history.forecast_at IS 'When the forecast was made.';
COMMENT ON COLUMN hkpost.item_forecast_history.stage IS 'As in item_forecast, like all that follows.';
COMMENT ON COLUMN hkpost.item_forecast_history.p10_at IS 'One of ten such items is delivered by then.';
COMMENT ON COLUMN hkpost.item_forecast_history.p50_at IS 'Half of such items are.';
COMMENT ON COLUMN hkpost.item_forecast_history.p80_at IS 'Eight of ten are.';
COMMENT ON COLUMN hkpost.item_forecast_history.p90_at IS 'Nine of ten are.';
COMMENT ON COLUMN hkpost.item_forecast_history.share_by_promise IS 'Probability of a delivery by promised_until.';
COMMENT ON COLUMN hkpost.item_forecast_history.share_never IS 'Probability of another end than a delivery.';
COMMENT ON COLUMN hkpost.item_forecast_history.basis IS 'Whose items it was compared with.';
COMMENT ON COLUMN hkpost.item_forecast_history.basis_items IS 'How many these were.';
COMMENT ON COLUMN hkpost.item_forecast_history.expects_report IS 'Whether a report was to be expected.';
COMMENT ON COLUMN hkpost.item_forecast_history.promised_until IS 'End of the promised day as it was then.';

-- What is dropped for age: the history of forecasts, too.
CREATE OR REPLACE FUNCTION hkpost.drop_partitions_before(parent text, cutoff timestamptz) RETURNS SETOF text
    LANGUAGE plpgsql SET lock_timeout = '5s' SET datestyle = 'ISO' SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    child record;
    waiting boolean;
BEGIN
    IF parent NOT IN ('raw_response', 'api_call', 'item_forecast_history') THEN
        RAISE EXCEPTION '% is kept for ever: only raw_response, api_call and item_forecast_history are dropped for age', parent;
    END IF;
    FOR child IN
        SELECT c.relname
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = format('hkpost.%I', parent)::regclass
           AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz <= cutoff
         ORDER BY c.relname
    LOOP
        waiting := false;
        IF parent = 'raw_response' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM hkpost.%I WHERE loaded_at IS NULL)', child.relname) INTO waiting;
        END IF;
        IF NOT waiting THEN
            BEGIN
                EXECUTE format('DROP TABLE hkpost.%I', child.relname);
                RETURN NEXT child.relname;
            EXCEPTION
                WHEN lock_not_available OR deadlock_detected THEN
                    RAISE NOTICE '% is in use and stays until the next time', child.relname;
            END;
        END IF;
    END LOOP;
    IF parent = 'raw_response' THEN
        DELETE FROM hkpost.raw_response_default WHERE received_at < cutoff AND loaded_at IS NOT NULL;
    ELSIF parent = 'api_call' THEN
        DELETE FROM hkpost.api_call_default WHERE sent_at < cutoff;
    ELSE
        DELETE FROM hkpost.item_forecast_history_default WHERE forecast_on < cutoff::date;
    END IF;
END
$$;
COMMENT ON FUNCTION hkpost.drop_partitions_before(text, timestamptz) IS 'Drops the partitions of raw_response, api_call or item_forecast_history that end before cutoff and returns their names; an answer that is not loaded yet keeps its day.';

-- A partition at a time, and rejects by row: there are few of them.
CREATE OR REPLACE FUNCTION hkpost.drop_aged_partitions() RETURNS SETOF text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM hkpost.rejected_record
     WHERE last_at < now() - (SELECT make_interval(days => value::integer) FROM hkpost.setting WHERE name = 'rejected_days');
    SELECT hkpost.drop_partitions_before(kept.parent, now() - make_interval(days => setting.value::integer))
      FROM (VALUES ('raw_response', 'archive_days'), ('api_call', 'ledger_days'),
                   ('item_forecast_history', 'forecast_days')) AS kept(parent, name)
      JOIN hkpost.setting USING (name)
$$;
COMMENT ON FUNCTION hkpost.drop_aged_partitions() IS 'Drops the partitions of raw_response older than the setting archive_days, of api_call older than ledger_days and of item_forecast_history older than forecast_days, and returns their names; an answer that is not loaded yet keeps its day. Deletes from rejected_record what was last met longer than rejected_days ago.';
