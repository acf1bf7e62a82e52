-- Wordings that nobody has told the meaning of yet: each is one line to add to meaning/wording.csv.

CREATE OR REPLACE VIEW hkpost.unclassified_wording AS
SELECT w.wording_id,
       w.kind,
       w.lang,
       w.template,
       CASE w.kind
           WHEN 'event' THEN (
               SELECT count(*)
                 FROM hkpost.fact_tracking_event f
                WHERE f.wording_id = w.wording_id AND f.event_type = 'unclassified' AND f.retracted_at IS NULL)
           ELSE (
               SELECT count(*)
                 FROM hkpost.mail_item m
                WHERE lower(w.template) = lower(rtrim(regexp_replace(btrim(
                      CASE w.lang WHEN 'e' THEN m.milestone_e WHEN 'c' THEN m.milestone_c ELSE m.milestone_s END),
                      '\s+', ' ', 'g'), ' .。．｡')))
       END AS times_seen,
       CASE w.kind
           WHEN 'event' THEN (
               SELECT min(f.item_no)
                 FROM hkpost.fact_tracking_event f
                WHERE f.wording_id = w.wording_id AND f.event_type = 'unclassified' AND f.retracted_at IS NULL)
           ELSE (
               SELECT min(m.item_no)
                 FROM hkpost.mail_item m
                WHERE lower(w.template) = lower(rtrim(regexp_replace(btrim(
                      CASE w.lang WHEN 'e' THEN m.milestone_e WHEN 'c' THEN m.milestone_c ELSE m.milestone_s END),
                      '\s+', ' ', 'g'), ' .。．｡')))
       END AS example_item_no,
       w.first_seen_at
  FROM hkpost.dim_wording w
 WHERE w.event_type = 'unclassified';

COMMENT ON VIEW hkpost.unclassified_wording IS 'Wordings that nobody has told the meaning of yet: each is one line to add to the ledger, include/hkpost/meaning/wording.csv.';
COMMENT ON COLUMN hkpost.unclassified_wording.wording_id IS 'Key in dim_wording.';
COMMENT ON COLUMN hkpost.unclassified_wording.kind IS 'event or milestone.';
COMMENT ON COLUMN hkpost.unclassified_wording.lang IS 'e English, c Traditional Chinese, s Simplified Chinese.';
COMMENT ON COLUMN hkpost.unclassified_wording.template IS 'The wording with {item} and {date} for item numbers and dates, as the ledger wants it.';
COMMENT ON COLUMN hkpost.unclassified_wording.times_seen IS 'Current events, or items of the milestone, that have it.';
COMMENT ON COLUMN hkpost.unclassified_wording.example_item_no IS 'One item that has it.';
COMMENT ON COLUMN hkpost.unclassified_wording.first_seen_at IS 'When it was first seen.';
