-- A sender's own table of shipments. The pipeline reads it, by one query, and writes nothing into it.
CREATE SCHEMA IF NOT EXISTS shop;

CREATE TABLE IF NOT EXISTS shop.shipment (
  order_ref   text NOT NULL,
  carrier     text NOT NULL,
  item_no     text NOT NULL,
  shipped_at  timestamptz NOT NULL,
  destination text NOT NULL,
  city        text NOT NULL,
  promised_on date,
  PRIMARY KEY (order_ref, item_no)
);

COMMENT ON TABLE shop.shipment IS 'What the business has shipped, by any carrier: one row a piece. Kept by hand: some numbers are there twice, in another writing.';
