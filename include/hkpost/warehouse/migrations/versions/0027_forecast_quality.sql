-- How good forecasts were (docs/forecasts.md).

CREATE TABLE hkpost.forecast_quality (
    origin         text     COLLATE "C" NOT NULL,
    destination    text     COLLATE "C" NOT NULL,
    service        text     COLLATE "C" NOT NULL,
    decile         smallint NOT NULL,
    items          bigint   NOT NULL,
    predicted      double precision,
    actual         double precision,
    items_covered  bigint   NOT NULL,
    coverage_80    double precision,
    is_out_of_bounds boolean,
    brier          double precision,
    brier_median   double precision,
    brier_mean     double precision,
    pinball_days   double precision,
    pinball_median_days double precision,
    pinball_mean_days double precision,
    made_at        timestamptz NOT NULL,
    PRIMARY KEY (destination, origin, service, decile)
);
COMMENT ON TABLE hkpost.forecast_quality IS 'How good forecasts were: those of the last 60 days (item_forecast_history) whose time has passed three days ago, against what became of their items; a row for each lane and decile of the probability, for each lane (decile 0), and for all lanes (empty origin, destination and service). Computed with the curves. Shares are null for fewer than minimum_items_of_a_share.';
COMMENT ON COLUMN hkpost.forecast_quality.origin IS 'Country of origin as in item_journey; empty: all lanes, or unknown. Items without a known destination are left out.';
COMMENT ON COLUMN hkpost.forecast_quality.destination IS 'Country of destination; empty: all lanes.';
COMMENT ON COLUMN hkpost.forecast_quality.service IS 'Kind of service; empty: all lanes, or unknown.';
COMMENT ON COLUMN hkpost.forecast_quality.decile IS '1: share_by_promise from 0 to 0.1 … 10: from 0.9 to 1. 0: all of them, those without a promise included.';
COMMENT ON COLUMN hkpost.forecast_quality.items IS 'Forecasts with a probability of keeping the promise, of which it is known whether it was kept; an item counts once a day.';
COMMENT ON COLUMN hkpost.forecast_quality.predicted IS 'Mean share_by_promise of these.';
COMMENT ON COLUMN hkpost.forecast_quality.actual IS 'Share of them whose item was delivered by its promise: near predicted when forecasts are honest.';
COMMENT ON COLUMN hkpost.forecast_quality.items_covered IS 'Forecasts with p10_at and p90_at, of which it is known whether the delivery came between them.';
COMMENT ON COLUMN hkpost.forecast_quality.coverage_80 IS 'Share of these whose item was delivered between p10_at and p90_at: 0.8 when forecasts are honest.';
COMMENT ON COLUMN hkpost.forecast_quality.is_out_of_bounds IS 'True: coverage_80 differs from 0.8 by more than coverage_points, beyond chance. Do not rely on this lane''s forecasts. Of decile 0 only.';
COMMENT ON COLUMN hkpost.forecast_quality.brier IS 'Mean of (share_by_promise - kept)²: 0 is perfect.';
COMMENT ON COLUMN hkpost.forecast_quality.brier_median IS 'The same of the lane''s median lead time taken as certain, as it was known in the week of the forecast.';
COMMENT ON COLUMN hkpost.forecast_quality.brier_mean IS 'The same of the mean lead time of delivered items.';
COMMENT ON COLUMN hkpost.forecast_quality.pinball_days IS 'Pinball score of p50_at, in days: half the mean distance to the delivery; what was not delivered counts with its last answer.';
COMMENT ON COLUMN hkpost.forecast_quality.pinball_median_days IS 'The same of the lane''s median.';
COMMENT ON COLUMN hkpost.forecast_quality.pinball_mean_days IS 'The same of the mean of delivered items.';
COMMENT ON COLUMN hkpost.forecast_quality.made_at IS 'When it was computed.';

-- Late before it is late: how many open promises of each lane were at risk, day by day.
CREATE TABLE hkpost.lane_risk_day (
    day         date     NOT NULL,
    origin      text     COLLATE "C" NOT NULL,
    destination text     COLLATE "C" NOT NULL,
    service     text     COLLATE "C" NOT NULL,
    items       integer  NOT NULL,
    items_at_risk integer NOT NULL,
    PRIMARY KEY (day, destination, origin, service)
);
COMMENT ON TABLE hkpost.lane_risk_day IS 'How many open items of each lane have a forecast for their promise, and how many of these promises are at risk, as last counted on each day (with the curves). The alert lane_at_risk compares the days.';
COMMENT ON COLUMN hkpost.lane_risk_day.day IS 'Day in Hong Kong.';
COMMENT ON COLUMN hkpost.lane_risk_day.origin IS 'Country of origin as in item_journey.';
COMMENT ON COLUMN hkpost.lane_risk_day.destination IS 'Country of destination.';
COMMENT ON COLUMN hkpost.lane_risk_day.service IS 'Kind of service.';
COMMENT ON COLUMN hkpost.lane_risk_day.items IS 'Open items with share_by_promise.';
COMMENT ON COLUMN hkpost.lane_risk_day.items_at_risk IS 'Those of them whose share_by_promise is under at_risk_percent.';
