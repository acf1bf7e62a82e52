-- Which open items will probably miss their promise, the least probable to keep it first? By the forecasts of the last
-- run; the limit is at_risk_percent in hkpost.setting.

CREATE OR REPLACE VIEW hkpost.promise_at_risk AS
SELECT forecast.item_no,
       item.source_ref,
       item.state,
       nullif(journey.origin, '') AS origin,
       nullif(journey.destination, '') AS destination,
       nullif(journey.service, '') AS service,
       forecast.stage,
       forecast.promised_until,
       forecast.share_by_promise,
       forecast.p50_at,
       forecast.p90_at,
       forecast.basis,
       forecast.basis_items,
       item.next_poll_at
  FROM hkpost.item_forecast AS forecast
  JOIN hkpost.mail_item AS item ON item.item_no = forecast.item_no AND item.is_open
  LEFT JOIN hkpost.item_journey AS journey ON journey.item_no = forecast.item_no
 WHERE forecast.promised_until > now()
   AND 100 * forecast.share_by_promise < (
       SELECT value::integer FROM hkpost.setting WHERE name = 'at_risk_percent')
 ORDER BY forecast.share_by_promise, forecast.promised_until, forecast.item_no;

COMMENT ON VIEW hkpost.promise_at_risk IS 'Open items whose promise is not broken yet and will probably be: kept with a probability under at_risk_percent (docs/forecasts.md). The least probable first.';
COMMENT ON COLUMN hkpost.promise_at_risk.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.promise_at_risk.source_ref IS 'The business''s own reference.';
COMMENT ON COLUMN hkpost.promise_at_risk.state IS 'Where the item stands.';
COMMENT ON COLUMN hkpost.promise_at_risk.origin IS 'Country of origin; null when unknown.';
COMMENT ON COLUMN hkpost.promise_at_risk.destination IS 'Country of destination; null when unknown.';
COMMENT ON COLUMN hkpost.promise_at_risk.service IS 'Kind of service; null when unknown.';
COMMENT ON COLUMN hkpost.promise_at_risk.stage IS 'Furthest stage that an event tells of.';
COMMENT ON COLUMN hkpost.promise_at_risk.promised_until IS 'End of the promised day by the clock of the destination.';
COMMENT ON COLUMN hkpost.promise_at_risk.share_by_promise IS 'Probability that it is delivered by then.';
COMMENT ON COLUMN hkpost.promise_at_risk.p50_at IS 'Half of such items are delivered by then; null where fewer ever are.';
COMMENT ON COLUMN hkpost.promise_at_risk.p90_at IS 'Nine of ten are.';
COMMENT ON COLUMN hkpost.promise_at_risk.basis IS 'Whose items it is compared with, as in item_forecast.';
COMMENT ON COLUMN hkpost.promise_at_risk.basis_items IS 'How many these are.';
COMMENT ON COLUMN hkpost.promise_at_risk.next_poll_at IS 'When the item is asked again.';
