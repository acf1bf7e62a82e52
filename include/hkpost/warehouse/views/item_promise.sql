-- Is each promise kept? Item by item: the business's own (mail_item.promised_on), or that of delivery_target.
-- What is usual on the item's lane is in lane_history, from the end of the last run.

CREATE OR REPLACE VIEW hkpost.item_promise AS
SELECT item.item_no,
       item.source_ref,
       item.state,
       item.is_open,
       lane.origin,
       lane.destination,
       lane.service,
       item.service_name,
       promise.promised_on,
       promise.promised_by,
       journey.posted_on,
       judged.delivered_on,
       promise.promised_on - judged.by_day AS days_left,
       hkpost.working_days(lane.destination, judged.by_day, promise.promised_on) AS working_days_left,
       judged.usual_by,
       CASE
           WHEN judged.delivered_on <= promise.promised_on THEN 'kept'
           WHEN judged.delivered_on > promise.promised_on THEN 'broken'
           WHEN item.is_open AND promise.promised_on < today.day THEN 'overdue'
           WHEN item.is_open AND risk.is_at_risk THEN 'at_risk'
           WHEN item.is_open AND risk.is_at_risk IS NULL AND greatest(judged.usual_by, CASE WHEN judged.usual_by < today.day THEN 'infinity'::date END)
                                 > promise.promised_on THEN 'at_risk'
           WHEN item.is_open THEN 'on_track'
           -- The journey ended otherwise: what was promised will not be.
           WHEN item.state <> 'delivered' AND state.is_terminal THEN 'broken'
           ELSE 'unknown'
       END AS status,
       coalesce(journey.unclassified_events, 0) AS unclassified_events,
       usual.reports AS lane_reports,
       risk.share_by_promise,
       risk.is_at_risk
  FROM hkpost.mail_item AS item
  JOIN hkpost.dim_state AS state ON state.state = item.state
 CROSS JOIN (SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date AS day) AS today
  LEFT JOIN hkpost.item_journey AS journey ON journey.item_no = item.item_no
 CROSS JOIN LATERAL (
       SELECT coalesce(journey.origin, item.origin_iso, 'HK') AS origin,
              coalesce(journey.destination, item.destination_iso, item.destination_expected) AS destination,
              CASE WHEN item.item_no ~ '^[A-Z]{2}[0-9]{9}[A-Z]{2}$' THEN left(item.item_no, 1) END AS service) AS lane
  LEFT JOIN hkpost.lane_history AS usual
    ON usual.origin = lane.origin AND usual.destination = lane.destination AND usual.service = coalesce(lane.service, '')
 CROSS JOIN LATERAL hkpost.promise_of(
       item.promised_on, journey.posted_on, lane.origin, lane.destination, lane.service) AS promise
 CROSS JOIN LATERAL (
       SELECT CASE WHEN item.state = 'delivered' THEN journey.delivered_on END AS delivered_on,
              CASE WHEN item.is_open THEN today.day
                   WHEN item.state = 'delivered' THEN journey.delivered_on
              END AS by_day,
              CASE WHEN item.is_open THEN coalesce(journey.posted_on, today.day) + usual.p90_days END AS usual_by) AS judged
  LEFT JOIN LATERAL (
       SELECT forecast.share_by_promise,
              100 * forecast.share_by_promise < setting.value::integer AS is_at_risk
         FROM hkpost.item_forecast AS forecast
         JOIN hkpost.setting ON setting.name = 'at_risk_percent'
        WHERE forecast.item_no = item.item_no AND item.is_open) AS risk ON true
 WHERE promise.promised_on IS NOT NULL;

COMMENT ON VIEW hkpost.item_promise IS 'One row for each item with a promise: the day, how many days are left, and whether it is kept. Ask it for items by item_no or source_ref, or for the open ones (is_open): these too are found by reading all items once, seconds for millions.';
COMMENT ON COLUMN hkpost.item_promise.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.item_promise.source_ref IS 'The business''s own reference: an order or a shipment number.';
COMMENT ON COLUMN hkpost.item_promise.state IS 'Where the item stands, in one word.';
COMMENT ON COLUMN hkpost.item_promise.is_open IS 'True while the item is asked about.';
COMMENT ON COLUMN hkpost.item_promise.origin IS 'Country of origin; Hong Kong while the service has named none.';
COMMENT ON COLUMN hkpost.item_promise.destination IS 'Country of destination; what the business expects while the service has named none; null when unknown.';
COMMENT ON COLUMN hkpost.item_promise.service IS 'Kind of service: first letter of the item number; null when the number is not of that form.';
COMMENT ON COLUMN hkpost.item_promise.service_name IS 'What the business calls the service.';
COMMENT ON COLUMN hkpost.item_promise.promised_on IS 'Day by which the delivery is promised, at the destination.';
COMMENT ON COLUMN hkpost.item_promise.promised_by IS 'Who says so: business (mail_item.promised_on), or delivery_target, for items that are posted.';
COMMENT ON COLUMN hkpost.item_promise.posted_on IS 'Day of posting in Hong Kong; null when it is not posted.';
COMMENT ON COLUMN hkpost.item_promise.delivered_on IS 'Day of delivery there; null when it is not delivered, or on a day that is not known.';
COMMENT ON COLUMN hkpost.item_promise.days_left IS 'Calendar days from today in Hong Kong to the promised day; of a delivered item from the delivery to it (below 0: late); null when neither is known.';
COMMENT ON COLUMN hkpost.item_promise.working_days_left IS 'The same in working days of the destination (working_days).';
COMMENT ON COLUMN hkpost.item_promise.usual_by IS 'Day by which nine of ten items of the lane posted with it are delivered; null when the lane does not say (lane_history), and of closed items.';
COMMENT ON COLUMN hkpost.item_promise.status IS 'Open: overdue (the day has passed), at_risk (is_at_risk; without a forecast: usual_by lies after the promised day, or has passed already), else on_track, also where the lane says nothing. Closed: kept, broken (late, or ended otherwise), unknown (no day of delivery is known; expired, not found, cancelled).';
COMMENT ON COLUMN hkpost.item_promise.unclassified_events IS 'Events without a meaning yet among the latest: where this is not 0, the item may long be delivered.';
COMMENT ON COLUMN hkpost.item_promise.lane_reports IS 'Whether the lane is heard of after the departure: where it is false, an overdue item may have arrived; null where too few left to tell.';
COMMENT ON COLUMN hkpost.item_promise.share_by_promise IS 'Probability that an open item is delivered by the end of the promised day (item_forecast); null without a forecast.';
COMMENT ON COLUMN hkpost.item_promise.is_at_risk IS 'Whether share_by_promise is under at_risk_percent; null without a forecast.';
