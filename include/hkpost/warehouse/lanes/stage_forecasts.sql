-- Where new forecasts wait for their merge; instants as seconds since 1970.
CREATE TEMP TABLE made_forecast (
    item_no varchar(13) PRIMARY KEY, stage text, p10_at double precision, p50_at double precision, p80_at double precision,
    p90_at double precision, share_by_promise double precision, share_never double precision, basis text,
    basis_items integer, expects_report boolean, promised_until double precision, known_until double precision,
    last_event text, news_from double precision, news_until double precision, poll_reason text,
    next_poll_at double precision
) ON COMMIT DROP;
