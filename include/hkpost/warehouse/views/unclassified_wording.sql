-- Wordings that nobody has told the meaning of yet: each is one line to add to meaning/wording.csv.

CREATE OR REPLACE VIEW hkpost.unclassified_wording AS
WITH unclassified AS (
    SELECT wording_id, kind, lang, template, first_seen_at
      FROM hkpost.dim_wording
     WHERE event_type = 'unclassified'
), in_events AS (
    SELECT wording_id, count(*) AS times_seen, min(item_no) AS example_item_no
      FROM hkpost.fact_tracking_event
     WHERE event_type = 'unclassified' AND retracted_at IS NULL
     GROUP BY wording_id
), milestone AS (
    -- One pass over the items, and none when every milestone is classified.
    SELECT milestone_e, milestone_c, milestone_s, count(*) AS times_seen, min(item_no) AS example_item_no
      FROM hkpost.mail_item
     WHERE EXISTS (SELECT FROM unclassified WHERE kind = 'milestone')
     GROUP BY milestone_e, milestone_c, milestone_s
), in_milestones AS (
    SELECT told.lang, told.template, sum(times_seen)::bigint AS times_seen, min(example_item_no) AS example_item_no
      FROM milestone
     CROSS JOIN LATERAL (VALUES ('e', milestone_e), ('c', milestone_c), ('s', milestone_s)) AS said(lang, wording)
     CROSS JOIN LATERAL (
           SELECT said.lang,
                  lower(rtrim(regexp_replace(btrim(said.wording), '\s+', ' ', 'g'), ' .。．｡')) AS template
           ) AS told
     WHERE said.wording IS NOT NULL
     GROUP BY told.lang, told.template
)
SELECT w.wording_id,
       w.kind,
       w.lang,
       w.template,
       coalesce(e.times_seen, m.times_seen, 0) AS times_seen,
       coalesce(e.example_item_no, m.example_item_no) AS example_item_no,
       w.first_seen_at
  FROM unclassified w
  LEFT JOIN in_events e ON w.kind = 'event' AND e.wording_id = w.wording_id
  LEFT JOIN in_milestones m ON w.kind = 'milestone' AND m.lang = w.lang AND m.template = lower(w.template);

COMMENT ON VIEW hkpost.unclassified_wording IS 'Wordings that nobody has told the meaning of yet: each is one line to add to the ledger, include/hkpost/meaning/wording.csv. While a milestone is among them it reads every item once: seconds for millions.';
COMMENT ON COLUMN hkpost.unclassified_wording.wording_id IS 'Key in dim_wording.';
COMMENT ON COLUMN hkpost.unclassified_wording.kind IS 'event or milestone.';
COMMENT ON COLUMN hkpost.unclassified_wording.lang IS 'e English, c Traditional Chinese, s Simplified Chinese.';
COMMENT ON COLUMN hkpost.unclassified_wording.template IS 'The wording with {item} and {date} for item numbers and dates, as the ledger wants it.';
COMMENT ON COLUMN hkpost.unclassified_wording.times_seen IS 'Current events, or items of the milestone, that have it.';
COMMENT ON COLUMN hkpost.unclassified_wording.example_item_no IS 'One item that has it.';
COMMENT ON COLUMN hkpost.unclassified_wording.first_seen_at IS 'When it was first seen.';
