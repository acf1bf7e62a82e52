-- Each time the service stopped reporting an event, and when it reported it again.

CREATE OR REPLACE VIEW hkpost.tracking_event_absence AS
SELECT gone.item_no,
       gone.event_key,
       gone.event_date,
       gone.changed_at AS retracted_at,
       -- The retraction and the return are in partitions of their own times; an event has very few of both.
       (SELECT min(back.changed_at)
          FROM hkpost.tracking_event_change back
         WHERE back.item_no = gone.item_no
           AND back.event_key = gone.event_key
           AND back.change = 'returned'
           AND (back.changed_at, back.call_id) > (gone.changed_at, gone.call_id)) AS returned_at
  FROM hkpost.tracking_event_change gone
 WHERE gone.change = 'retracted';

COMMENT ON VIEW hkpost.tracking_event_absence IS 'Each time that the service stopped reporting an event, and when it reported it again. Empty for an event that was always reported since it appeared (fact_tracking_event.first_seen_at).';
COMMENT ON COLUMN hkpost.tracking_event_absence.item_no IS 'Item number.';
COMMENT ON COLUMN hkpost.tracking_event_absence.event_key IS 'The event: fact_tracking_event.';
COMMENT ON COLUMN hkpost.tracking_event_absence.event_date IS 'Local date of the event, as in fact_tracking_event.';
COMMENT ON COLUMN hkpost.tracking_event_absence.retracted_at IS 'When an answer first came without the event.';
COMMENT ON COLUMN hkpost.tracking_event_absence.returned_at IS 'When an answer had the event again; null while none has.';
