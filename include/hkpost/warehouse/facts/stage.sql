-- Where the rows of one transaction wait for their merge.
CREATE TEMP TABLE loaded_event (LIKE hkpost.fact_tracking_event) ON COMMIT DROP;
CREATE TEMP TABLE loaded_item ON COMMIT DROP AS SELECT * FROM hkpost.mail_item WITH NO DATA;
CREATE TEMP TABLE loaded_event_change (LIKE hkpost.tracking_event_change) ON COMMIT DROP;
CREATE TEMP TABLE loaded_state_change (
    item_no text, changed_at timestamptz, from_state text, to_state text, cause text, call_id bigint
) ON COMMIT DROP;
CREATE TEMP TABLE loaded_place (location_code text, location_e text, location_c text, location_s text)
    ON COMMIT DROP;
CREATE TEMP TABLE loaded_text (message_e text, message_c text, message_s text) ON COMMIT DROP;
CREATE TEMP TABLE loaded_wording (kind text, lang text, template text) ON COMMIT DROP;
CREATE TEMP TABLE journey_item (item_no varchar(13) PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE journey_event (item_no varchar(13), event_type text, event_time timestamptz, event_date date)
    ON COMMIT DROP;
CREATE TEMP TABLE loaded_reject (
    place bigint GENERATED ALWAYS AS IDENTITY, source text, account text, item_no text, call_id bigint, reason text,
    reason_code text, reason_values text[], raw_fragment text, times integer
) ON COMMIT DROP;
