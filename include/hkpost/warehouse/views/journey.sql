-- The journeys for analysts, to group as they like (the table is the loads' own), with what a lead time is taken from.

CREATE OR REPLACE VIEW hkpost.journey AS
SELECT journey.*,
       outcome_of.outcome,
       CASE outcome_of.outcome
           WHEN 'delivered' THEN delivered_on - posted_on
           WHEN 'undated' THEN greatest(0, coalesce(outcome_of.last_event_on, posted_on) - posted_on)
           ELSE greatest(0, coalesce(answered_on, outcome_of.last_event_on, posted_on) - posted_on)
       END AS followed_days
  FROM hkpost.item_journey AS journey
 CROSS JOIN LATERAL (
       SELECT (last_event_at AT TIME ZONE 'Asia/Hong_Kong')::date AS last_event_on,
              CASE
                  WHEN posted_at IS NULL THEN NULL
                  WHEN is_open THEN 'open'
                  WHEN state <> 'delivered' THEN 'not_delivered'
                  -- A delivery before the posting is somebody's clock.
                  WHEN delivered_on >= posted_on THEN 'delivered'
                  ELSE 'undated'
              END AS outcome) AS outcome_of;

COMMENT ON VIEW hkpost.journey IS 'One row for each item that was asked about: its lane, and when it first came to each point of its way. Filter on week_start, and on destination where one will do: it makes it quick.';

DO $$
DECLARE
    named record;
BEGIN
    FOR named IN
        SELECT attname, col_description(attrelid, attnum) AS comment
          FROM pg_attribute
         WHERE attrelid = 'hkpost.item_journey'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN hkpost.journey.%I IS %L', named.attname, named.comment);
    END LOOP;
END
$$;
COMMENT ON COLUMN hkpost.journey.outcome IS 'What is known of the delivery: delivered (its day is known), undated (delivered, on a day that is not known), not_delivered (returned, expired and the other ends), open; null when the item is not posted.';
COMMENT ON COLUMN hkpost.journey.followed_days IS 'Calendar days from posted_on to the delivery; of the other outcomes to the last day on which the item is known not to be delivered (that of its last good answer).';
