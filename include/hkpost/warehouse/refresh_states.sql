-- Brings open_states() and closed_states() in step with dim_state, and is_open with them. Does nothing when they are.
DO $$
DECLARE
    open_now   text[];
    closed_now text[];
BEGIN
    SELECT array_agg(state ORDER BY state) FILTER (WHERE is_open),
           array_agg(state ORDER BY state) FILTER (WHERE NOT is_open)
      INTO open_now, closed_now
      FROM hkpost.dim_state;
    IF open_now = hkpost.open_states() AND closed_now = hkpost.closed_states() THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE OR REPLACE FUNCTION hkpost.open_states() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE'
                   ' RETURN %L::text[]', open_now);
    EXECUTE format('CREATE OR REPLACE FUNCTION hkpost.closed_states() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE'
                   ' RETURN %L::text[]', closed_now);
    -- Rows whose state was open and is closed now, or the other way round; a new state has no rows.
    UPDATE hkpost.mail_item SET state = state WHERE is_open = (state = ANY (closed_now));
    UPDATE hkpost.item_journey SET state = state WHERE is_open = (state = ANY (closed_now));
END
$$;
