-- What was known at an instant: the rows of tracking_event as they stood then.
-- Plain SQL without SECURITY DEFINER, so that the planner puts it into the query that calls it, and a condition
-- on item_no or event_date reaches the indexes and the partitions. tracking_event_change is read through the
-- view tracking_event_absence, which analysts may read.

CREATE OR REPLACE FUNCTION hkpost.tracking_event_as_of(instant timestamptz)
RETURNS TABLE (
    item_no          varchar(13),
    sequence_no      integer,
    event_date       date,
    event_time_local timestamp,
    event_time       timestamptz,
    time_precision   text,
    time_zone        text,
    event_type       text,
    event_type_e     text,
    event_type_c     text,
    event_type_s     text,
    stage            text,
    is_terminal      boolean,
    country_iso      text,
    location_code    text,
    location_e       text,
    location_c       text,
    location_s       text,
    message_e        text,
    message_c        text,
    message_s        text,
    event_time_text  text,
    event_code       text,
    first_seen_at    timestamptz,
    call_id          bigint,
    event_key        text
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.item_no,
           -- Its place among the events that were current then; computed only where it is selected.
           (SELECT count(*)::integer
              FROM hkpost.fact_tracking_event o
             WHERE o.item_no = f.item_no
               AND o.first_seen_at <= instant
               AND (coalesce(o.event_time, 'infinity'), o.event_key COLLATE "C")
                   <= (coalesce(f.event_time, 'infinity'), f.event_key COLLATE "C")
               AND NOT EXISTS (
                   SELECT
                     FROM hkpost.tracking_event_absence a
                    WHERE a.item_no = o.item_no
                      AND a.event_key = o.event_key
                      AND a.retracted_at <= instant
                      AND (a.returned_at > instant OR a.returned_at IS NULL))),
           f.event_date,
           f.event_time_local,
           f.event_time,
           f.time_precision,
           f.time_zone,
           f.event_type,
           t.name_e,
           t.name_c,
           t.name_s,
           t.stage,
           t.is_terminal,
           f.country_iso,
           f.location_code,
           coalesce(p.location_e, ''),
           coalesce(p.location_c, ''),
           coalesce(p.location_s, ''),
           hkpost.fill_template(x.message_e, f.text_params),
           hkpost.fill_template(x.message_c, f.text_params),
           hkpost.fill_template(x.message_s, f.text_params),
           f.event_time_text,
           f.event_code,
           f.first_seen_at,
           f.call_id,
           f.event_key
      FROM hkpost.fact_tracking_event f
      LEFT JOIN hkpost.dim_event_type t ON t.event_type = f.event_type
      LEFT JOIN hkpost.dim_place p ON p.place_id = f.place_id
      LEFT JOIN hkpost.dim_event_text x ON x.text_id = f.text_id
     WHERE f.first_seen_at <= instant
       AND NOT EXISTS (
           SELECT
             FROM hkpost.tracking_event_absence a
            WHERE a.item_no = f.item_no
              AND a.event_key = f.event_key
              AND a.retracted_at <= instant
              AND (a.returned_at > instant OR a.returned_at IS NULL));
END;

COMMENT ON FUNCTION hkpost.tracking_event_as_of(timestamptz) IS 'What was known at an instant: the events that the service reported in the last answer received by then, with the columns of tracking_event. sequence_no is the place in that history. Which events there were is as of the instant; their texts, places and types are the newest known, because a correction replaces what it corrects. Give it an item_no or a range of event_date: over all events it reads the whole fact.';
