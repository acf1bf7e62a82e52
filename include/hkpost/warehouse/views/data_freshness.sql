-- How fresh is what we know? One row an account.

CREATE OR REPLACE VIEW hkpost.data_freshness AS
WITH RECURSIVE next_account AS (
    -- The accounts, one step through the index each: reading all items for them would take a hundred times longer.
    SELECT min(account) AS account
      FROM hkpost.mail_item
     WHERE is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL)
    UNION ALL
    SELECT (SELECT min(m.account)
              FROM hkpost.mail_item m
             WHERE (m.is_open OR (m.state = 'delivered' AND m.next_poll_at IS NOT NULL)) AND m.account > n.account)
      FROM next_account n
     WHERE n.account IS NOT NULL
), known AS (
    SELECT account FROM next_account WHERE account IS NOT NULL
    UNION
    SELECT account FROM hkpost.account_lease
)
SELECT known.account,
       asked.items_open,
       asked.items_due,
       asked.oldest_due_at,
       round((date_part('epoch', now() - asked.oldest_due_at) / 3600)::numeric, 1) AS oldest_due_hours,
       asked.items_loading,
       asked.items_never_asked,
       round((asked.median_age / 3600)::numeric, 1) AS median_age_hours,
       round((asked.p90_age / 3600)::numeric, 1) AS p90_age_hours,
       asked.last_answer_at,
       asked.last_news_at,
       asked.last_event_at,
       lease.last_sent_at,
       lease.heartbeat_at AS last_run_at,
       lease.holder IS NOT NULL AS is_fetching
  FROM known
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE is_open) AS items_open,
              count(*) FILTER (WHERE pending_call_id IS NULL AND (next_poll_at IS NULL OR next_poll_at <= now()))
                  AS items_due,
              min(coalesce(next_poll_at, last_polled_at, registered_at))
                  FILTER (WHERE pending_call_id IS NULL AND (next_poll_at IS NULL OR next_poll_at <= now()))
                  AS oldest_due_at,
              count(*) FILTER (WHERE pending_call_id IS NOT NULL) AS items_loading,
              count(*) FILTER (WHERE last_polled_at IS NULL) AS items_never_asked,
              percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', now() - last_polled_at)) AS median_age,
              percentile_cont(0.9) WITHIN GROUP (ORDER BY date_part('epoch', now() - last_polled_at)) AS p90_age,
              max(last_polled_at) AS last_answer_at,
              max(last_changed_at) AS last_news_at,
              max(last_event_at) FILTER (WHERE last_event_at <= now()) AS last_event_at
         FROM hkpost.mail_item item
        WHERE item.account = known.account AND (is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL))
       ) AS asked
  LEFT JOIN hkpost.account_lease lease ON lease.account = known.account;

COMMENT ON VIEW hkpost.data_freshness IS 'How fresh the knowledge of each account''s items is. Of the items that are still asked about: open ones, and delivered ones that wait for their confirming look. Reads each of them: a second or two for a million.';
COMMENT ON COLUMN hkpost.data_freshness.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.data_freshness.items_open IS 'Open items.';
COMMENT ON COLUMN hkpost.data_freshness.items_due IS 'Items that should have been asked about by now.';
COMMENT ON COLUMN hkpost.data_freshness.oldest_due_at IS 'Since when the one that waits longest is due; of an item due at once, when it was last asked about or registered.';
COMMENT ON COLUMN hkpost.data_freshness.oldest_due_hours IS 'The same in hours before now.';
COMMENT ON COLUMN hkpost.data_freshness.items_loading IS 'Items whose last answer waits to be loaded.';
COMMENT ON COLUMN hkpost.data_freshness.items_never_asked IS 'Items that were never asked about.';
COMMENT ON COLUMN hkpost.data_freshness.median_age_hours IS 'Median age of what is known of an item: hours since it was last asked about.';
COMMENT ON COLUMN hkpost.data_freshness.p90_age_hours IS 'Of nine in ten items the knowledge is at most this number of hours old.';
COMMENT ON COLUMN hkpost.data_freshness.last_answer_at IS 'When one of the items was last answered.';
COMMENT ON COLUMN hkpost.data_freshness.last_news_at IS 'When an answer last brought something new.';
COMMENT ON COLUMN hkpost.data_freshness.last_event_at IS 'Instant of the latest event of these items; those that lie ahead left out.';
COMMENT ON COLUMN hkpost.data_freshness.last_sent_at IS 'When the account''s last request was entered in the ledger, just before it left; null when it never sent one.';
COMMENT ON COLUMN hkpost.data_freshness.last_run_at IS 'When a run that fetched for the account last said that it lives: at its end, as a rule.';
COMMENT ON COLUMN hkpost.data_freshness.is_fetching IS 'True while a run holds the account''s lease, a dead one''s until another takes it.';
