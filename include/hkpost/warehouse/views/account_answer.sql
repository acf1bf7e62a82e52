-- When did the service last say anything about an item, account by account? Of the last seven days.

CREATE OR REPLACE VIEW hkpost.account_answer AS
SELECT lease.account,
       answer.sent_at AS last_answer_at,
       unanswered.since AS unanswered_since
  FROM hkpost.account_lease AS lease
  LEFT JOIN LATERAL (
       SELECT sent_at
         FROM hkpost.api_call
        WHERE api_call.account = lease.account AND quota_day >= current_date - 7
          -- Null in rows from before answers were counted.
          AND outcome = 'answered' AND items_answered IS DISTINCT FROM 0
        ORDER BY quota_day DESC, sent_at DESC
        LIMIT 1) AS answer ON true
 CROSS JOIN LATERAL (
       SELECT min(sent_at) AS since
         FROM hkpost.api_call
        WHERE api_call.account = lease.account
          AND quota_day >= coalesce((answer.sent_at AT TIME ZONE 'UTC')::date, current_date - 6) - 1
          AND sent_at > coalesce(answer.sent_at, '-infinity')
          AND outcome NOT IN ('in_flight', 'not_sent', 'tested', 'test_failed')) AS unanswered;

COMMENT ON VIEW hkpost.account_answer IS 'When the service last said anything about an item, account by account, as far as the last seven days know. An answer that has none of the items asked about is none.';
COMMENT ON COLUMN hkpost.account_answer.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.account_answer.last_answer_at IS 'When the latest request left that was answered about at least one of its items; null when none was.';
COMMENT ON COLUMN hkpost.account_answer.unanswered_since IS 'When the first request left after that one; null when none did.';
