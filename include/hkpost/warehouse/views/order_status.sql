-- How does an order stand? One row for each reference of the business, over all of its items.

CREATE OR REPLACE VIEW hkpost.order_status AS
SELECT item.source_ref,
       count(*) AS items,
       greatest(max(item.pieces), count(*)) AS pieces,
       count(*) FILTER (WHERE item.state = 'delivered') AS items_delivered,
       count(*) FILTER (WHERE item.is_open) AS items_open,
       count(*) FILTER (WHERE NOT item.is_open AND item.state <> 'delivered') AS items_not_delivered,
       count(*) FILTER (WHERE item.state = 'delivered') >= greatest(max(item.pieces), count(*)) AS is_complete,
       (array_agg(item.state ORDER BY array_position('{alarm,waiting,neutral,good}', state.tone), state.state_rank))[1]
           AS worst_state,
       min(promise.promised_on) FILTER (WHERE item.is_open) AS next_promise_on,
       (array_agg(promise.status ORDER BY array_position(
           '{broken,overdue,at_risk,unknown,on_track,kept}', promise.status)))[1] AS promise_status,
       min(item.registered_at) AS registered_at,
       max(item.last_event_at) AS last_event_at,
       max(item.delivered_at) AS last_delivered_at,
       count(*) FILTER (WHERE promise.status = 'at_risk') AS items_at_risk
  FROM hkpost.mail_item AS item
  JOIN hkpost.dim_state AS state ON state.state = item.state
  LEFT JOIN hkpost.item_promise AS promise ON promise.item_no = item.item_no
 WHERE item.source_ref IS NOT NULL
 GROUP BY item.source_ref;

COMMENT ON VIEW hkpost.order_status IS 'One row for each reference of the business (an order, a shipment): how its items stand together. Ask it for some references: over all of them it reads every item.';
COMMENT ON COLUMN hkpost.order_status.source_ref IS 'The business''s own reference.';
COMMENT ON COLUMN hkpost.order_status.items IS 'Its items: items_delivered, items_open and items_not_delivered together.';
COMMENT ON COLUMN hkpost.order_status.pieces IS 'How many pieces the business says it has; at least items.';
COMMENT ON COLUMN hkpost.order_status.items_delivered IS 'Items that are delivered.';
COMMENT ON COLUMN hkpost.order_status.items_open IS 'Items that are under way.';
COMMENT ON COLUMN hkpost.order_status.items_not_delivered IS 'Items that came to another end.';
COMMENT ON COLUMN hkpost.order_status.is_complete IS 'True when all of its pieces are delivered.';
COMMENT ON COLUMN hkpost.order_status.worst_state IS 'State of the item that needs a person most: by dim_state.tone, then the one that has come least far.';
COMMENT ON COLUMN hkpost.order_status.next_promise_on IS 'Next day by which one of its open items is promised; null when none is.';
COMMENT ON COLUMN hkpost.order_status.promise_status IS 'Worst item_promise.status of its items: broken, overdue, at_risk, unknown, on_track, kept; null when nothing is promised.';
COMMENT ON COLUMN hkpost.order_status.registered_at IS 'When the first of its items was handed over for tracking.';
COMMENT ON COLUMN hkpost.order_status.last_event_at IS 'Instant of the latest event of any of them.';
COMMENT ON COLUMN hkpost.order_status.last_delivered_at IS 'Instant of the latest delivery of any of them.';
COMMENT ON COLUMN hkpost.order_status.items_at_risk IS 'Items whose promise is at risk (item_promise.status).';
