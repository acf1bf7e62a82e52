-- Where a batch of the business's rows waits for its registration.
CREATE TEMP TABLE staged_item (
    item_no text, account text, source_ref text, registered_at timestamptz, priority integer,
    destination_expected text, service_name text, promised_on date, pieces integer
) ON COMMIT DROP;
