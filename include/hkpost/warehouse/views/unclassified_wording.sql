-- Wordings without a meaning yet: each is one line to add to seeds/wording.csv.

CREATE OR REPLACE VIEW hkpost.unclassified_wording AS
WITH in_events AS (
    SELECT wording_id, count(*) AS times_seen, min(item_no) AS example_item_no
      FROM hkpost.fact_tracking_event
     WHERE event_type = 'unclassified' AND retracted_at IS NULL
     GROUP BY wording_id
), milestone AS (
    -- One pass over the items, and none when every milestone is classified.
    SELECT milestone_e, milestone_c, milestone_s, count(*) AS times_seen, min(item_no) AS example_item_no
      FROM hkpost.mail_item
     WHERE EXISTS (SELECT FROM hkpost.dim_wording WHERE event_type = 'unclassified' AND kind = 'milestone')
     GROUP BY milestone_e, milestone_c, milestone_s
), in_milestones AS (
    SELECT seen.lang, seen.template, sum(times_seen)::bigint AS times_seen, min(example_item_no) AS example_item_no
      FROM milestone
     CROSS JOIN LATERAL (VALUES ('e', milestone_e), ('c', milestone_c), ('s', milestone_s)) AS said(lang, wording)
     CROSS JOIN LATERAL (
           SELECT said.lang,
                  lower(rtrim(regexp_replace(btrim(said.wording), '\s+', ' ', 'g'), ' .。．｡')) AS template
           ) AS seen
     WHERE said.wording IS NOT NULL
     GROUP BY seen.lang, seen.template
)
SELECT w.wording_id,
       'event'::text AS kind,
       w.lang,
       w.template,
       coalesce(seen.times_seen, 0) AS times_seen,
       seen.example_item_no,
       w.first_seen_at
  FROM hkpost.dim_wording w
  LEFT JOIN in_events seen ON seen.wording_id = w.wording_id
 WHERE w.event_type = 'unclassified' AND w.kind = 'event'
UNION ALL
SELECT w.wording_id,
       'milestone',
       w.lang,
       w.template,
       coalesce(seen.times_seen, 0),
       seen.example_item_no,
       w.first_seen_at
  FROM hkpost.dim_wording w
  LEFT JOIN in_milestones seen ON seen.lang = w.lang AND seen.template = lower(w.template)
 WHERE w.event_type = 'unclassified' AND w.kind = 'milestone';

COMMENT ON VIEW hkpost.unclassified_wording IS 'Wordings without a meaning yet: each is one line to add to the ledger, include/hkpost/seeds/wording.csv. Where kind = ''event'' it is quick; for a milestone it reads every item once, seconds for millions (docs/views.md has the plan).';
COMMENT ON COLUMN hkpost.unclassified_wording.wording_id IS 'Key in dim_wording.';
COMMENT ON COLUMN hkpost.unclassified_wording.kind IS 'event or milestone.';
COMMENT ON COLUMN hkpost.unclassified_wording.lang IS 'e English, c Traditional Chinese, s Simplified Chinese.';
COMMENT ON COLUMN hkpost.unclassified_wording.template IS 'The wording with {item} and {date} for item numbers and dates, as the ledger wants it.';
COMMENT ON COLUMN hkpost.unclassified_wording.times_seen IS 'Current events, or items of the milestone, that have it.';
COMMENT ON COLUMN hkpost.unclassified_wording.example_item_no IS 'One item that has it.';
COMMENT ON COLUMN hkpost.unclassified_wording.first_seen_at IS 'When it was first seen.';
