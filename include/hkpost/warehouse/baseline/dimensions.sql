-- What the codes and keys of the fact mean. Places and texts are stored once: '' where nothing was received.
-- Their unique indexes are on md5, because a text may be longer than an index entry (2,704 bytes) can be.

CREATE TABLE hkpost.dim_place (
    place_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    location_code text NOT NULL DEFAULT '',
    location_e    text NOT NULL DEFAULT '',
    location_c    text NOT NULL DEFAULT '',
    location_s    text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX dim_place_key
    ON hkpost.dim_place (md5(location_code), md5(location_e), md5(location_c), md5(location_s));

COMMENT ON TABLE hkpost.dim_place IS 'Each place of an event, as received.';
COMMENT ON COLUMN hkpost.dim_place.place_id IS 'Key.';
COMMENT ON COLUMN hkpost.dim_place.location_code IS 'Country code as received; empty when none was.';
COMMENT ON COLUMN hkpost.dim_place.location_e IS 'Place in English; empty when none was received.';
COMMENT ON COLUMN hkpost.dim_place.location_c IS 'Place in Traditional Chinese; empty when none was received.';
COMMENT ON COLUMN hkpost.dim_place.location_s IS 'Place in Simplified Chinese; empty when none was received.';

CREATE TABLE hkpost.dim_event_text (
    text_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_e text NOT NULL DEFAULT '',
    message_c text NOT NULL DEFAULT '',
    message_s text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX dim_event_text_key
    ON hkpost.dim_event_text (md5(message_e), md5(message_c), md5(message_s));

COMMENT ON TABLE hkpost.dim_event_text IS 'Each message of an event in its three languages, exactly as received but for item numbers and dates, which are {1}, {2} …: the fact''s text_params fill them.';
COMMENT ON COLUMN hkpost.dim_event_text.text_id IS 'Key.';
COMMENT ON COLUMN hkpost.dim_event_text.message_e IS 'Message in English; empty when none was received.';
COMMENT ON COLUMN hkpost.dim_event_text.message_c IS 'Message in Traditional Chinese; empty when none was received.';
COMMENT ON COLUMN hkpost.dim_event_text.message_s IS 'Message in Simplified Chinese; empty when none was received.';

CREATE FUNCTION hkpost.fill_placeholders(template text, params text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    FOR position IN 1 .. cardinality(params) LOOP
        template := replace(template, '{' || position || '}', coalesce(params[position], ''));
    END LOOP;
    RETURN template;
END
$$;
COMMENT ON FUNCTION hkpost.fill_placeholders(text, text[]) IS 'Puts params[1], params[2] … in the places of {1}, {2} …';

-- In plain SQL, so that the planner inlines it: most messages have nothing to fill.
CREATE FUNCTION hkpost.fill_template(template text, params text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN params IS NULL THEN template ELSE hkpost.fill_placeholders(template, params) END;
COMMENT ON FUNCTION hkpost.fill_template(text, text[]) IS 'The message of an event as it was received, from dim_event_text and the fact''s text_params.';

CREATE TABLE hkpost.dim_event_type (
    event_type  text PRIMARY KEY,
    stage       text,
    stage_rank  integer,
    state       text,
    is_terminal boolean NOT NULL DEFAULT false,
    name_e      text NOT NULL,
    name_c      text NOT NULL,
    name_s      text NOT NULL,
    emsevt      boolean NOT NULL DEFAULT false,
    note        text
);
COMMENT ON TABLE hkpost.dim_event_type IS 'Canonical event types, after the UPU''s EMSEVT where one fits.';
COMMENT ON COLUMN hkpost.dim_event_type.event_type IS 'Code: EMSEVT''s own (EMA, EMI …), or ours in lower case.';
COMMENT ON COLUMN hkpost.dim_event_type.stage IS 'Stage of the journey the event belongs to.';
COMMENT ON COLUMN hkpost.dim_event_type.stage_rank IS 'Order of the stages, first to last.';
COMMENT ON COLUMN hkpost.dim_event_type.state IS 'State the item is in after it (mail_item.state); null when it says nothing of the state.';
COMMENT ON COLUMN hkpost.dim_event_type.is_terminal IS 'True when nothing is expected after it.';
COMMENT ON COLUMN hkpost.dim_event_type.name_e IS 'Name in English.';
COMMENT ON COLUMN hkpost.dim_event_type.name_c IS 'Name in Traditional Chinese.';
COMMENT ON COLUMN hkpost.dim_event_type.name_s IS 'Name in Simplified Chinese.';
COMMENT ON COLUMN hkpost.dim_event_type.emsevt IS 'True when the code is one of EMSEVT.';
COMMENT ON COLUMN hkpost.dim_event_type.note IS 'Why there is such a type, or how to read it.';

CREATE TABLE hkpost.dim_wording (
    wording_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL CONSTRAINT dim_wording_kind_check CHECK (kind IN ('event', 'milestone')),
    lang          text NOT NULL CONSTRAINT dim_wording_lang_check CHECK (lang IN ('e', 'c', 's')),
    template      text NOT NULL,
    event_type    text NOT NULL DEFAULT 'unclassified' REFERENCES hkpost.dim_event_type,
    source        text,
    note          text,
    in_ledger     boolean NOT NULL DEFAULT false,
    first_seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX dim_wording_key ON hkpost.dim_wording (kind, lang, md5(template));

COMMENT ON TABLE hkpost.dim_wording IS 'The wording ledger: each wording of an event or a milestone, and the event type it means.';
COMMENT ON COLUMN hkpost.dim_wording.wording_id IS 'Key.';
COMMENT ON COLUMN hkpost.dim_wording.kind IS 'event or milestone.';
COMMENT ON COLUMN hkpost.dim_wording.lang IS 'e English, c Traditional Chinese, s Simplified Chinese.';
COMMENT ON COLUMN hkpost.dim_wording.template IS 'The wording with {item} and {date} for item numbers and dates, single blanks, no full stop at the end. Matched without regard to case.';
COMMENT ON COLUMN hkpost.dim_wording.event_type IS 'What it means: dim_event_type; unclassified until somebody says.';
COMMENT ON COLUMN hkpost.dim_wording.source IS 'Where the wording was seen.';
COMMENT ON COLUMN hkpost.dim_wording.note IS 'Why it means that, when it is not plain.';
COMMENT ON COLUMN hkpost.dim_wording.in_ledger IS 'True for a line of wording.csv, false for a wording that an answer brought.';
COMMENT ON COLUMN hkpost.dim_wording.first_seen_at IS 'When the wording came into this warehouse.';

CREATE TABLE hkpost.dim_country (
    country_code   text PRIMARY KEY,
    alpha_3        text,
    name_e         text,
    name_c         text,
    name_s         text,
    time_zones     text[],
    principal_zone text,
    single_zone    boolean
);
COMMENT ON TABLE hkpost.dim_country IS 'Countries and territories with their names and time zones.';
COMMENT ON COLUMN hkpost.dim_country.country_code IS 'ISO 3166 alpha-2.';
COMMENT ON COLUMN hkpost.dim_country.alpha_3 IS 'ISO 3166 alpha-3.';
COMMENT ON COLUMN hkpost.dim_country.name_e IS 'Name in English.';
COMMENT ON COLUMN hkpost.dim_country.name_c IS 'Name in Traditional Chinese.';
COMMENT ON COLUMN hkpost.dim_country.name_s IS 'Name in Simplified Chinese.';
COMMENT ON COLUMN hkpost.dim_country.time_zones IS 'IANA time zones of the country.';
COMMENT ON COLUMN hkpost.dim_country.principal_zone IS 'The zone taken when only the country is known.';
COMMENT ON COLUMN hkpost.dim_country.single_zone IS 'True when the whole country keeps one clock.';

CREATE TABLE hkpost.dim_country_alias (
    alias        text PRIMARY KEY,
    country_code text NOT NULL,
    source       text
);
COMMENT ON TABLE hkpost.dim_country_alias IS 'Other codes and names by which answers call a country.';
COMMENT ON COLUMN hkpost.dim_country_alias.alias IS 'Code or name in upper case.';
COMMENT ON COLUMN hkpost.dim_country_alias.country_code IS 'The country: dim_country.';
COMMENT ON COLUMN hkpost.dim_country_alias.source IS 'Where the alias was seen.';
