-- How much of a day's quota is used, and what came of it.

CREATE OR REPLACE VIEW hkpost.api_quota_day AS
SELECT account,
       quota_day,
       count(*) FILTER (WHERE outcome NOT IN ('unreachable', 'not_sent')) AS requests_counted,
       count(*) AS requests_total,
       sum(item_count) FILTER (WHERE outcome <> 'not_sent') AS items_asked,
       sum(items_answered) AS items_answered,
       count(*) FILTER (WHERE outcome = 'answered') AS answered,
       count(*) FILTER (WHERE outcome IN ('tested', 'test_failed')) AS tests,
       count(*) FILTER (WHERE outcome IN ('bisected', 'too_many_items', 'invalid_input')) AS split_up,
       count(*) FILTER (WHERE outcome = 'rate_limited') AS rate_limited,
       count(*) FILTER (WHERE outcome = 'quota_exhausted') AS quota_exhausted,
       count(*) FILTER (WHERE outcome IN ('credential_refused', 'request_refused', 'http_refused')) AS refused,
       count(*) FILTER (WHERE outcome IN ('unavailable', 'timeout', 'interrupted')) AS unavailable,
       count(*) FILTER (WHERE outcome IN ('not_xml', 'incomplete', 'soap_fault', 'too_large', 'unknown_status'))
           AS unusable,
       count(*) FILTER (WHERE outcome = 'unreachable') AS unreachable,
       count(*) FILTER (WHERE outcome = 'not_sent') AS not_sent,
       count(*) FILTER (WHERE outcome = 'in_flight') AS in_flight,
       count(*) FILTER (WHERE outcome = 'lost') AS lost,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE outcome = 'answered'))::integer
           AS median_latency_ms,
       min(sent_at) FILTER (WHERE outcome <> 'not_sent') AS first_sent_at,
       max(sent_at) FILTER (WHERE outcome <> 'not_sent') AS last_sent_at
  FROM hkpost.api_call
 GROUP BY account, quota_day;

COMMENT ON VIEW hkpost.api_quota_day IS 'The requests of each account and day of the quota: how many count, and what came of them. The outcomes from answered to lost add up to requests_total. Filter on quota_day: it makes it quick.';
COMMENT ON COLUMN hkpost.api_quota_day.account IS 'Airflow connection of the API account.';
COMMENT ON COLUMN hkpost.api_quota_day.quota_day IS 'Day, in the quota''s own time zone (Hong Kong''s by default).';
COMMENT ON COLUMN hkpost.api_quota_day.requests_counted IS 'Requests that count to the quota (100,000 a day by the specification): all but unreachable and not_sent.';
COMMENT ON COLUMN hkpost.api_quota_day.requests_total IS 'All requests that were entered in the ledger.';
COMMENT ON COLUMN hkpost.api_quota_day.items_asked IS 'Items in these requests; an item asked twice counts twice.';
COMMENT ON COLUMN hkpost.api_quota_day.items_answered IS 'Items of them that the answers say something about.';
COMMENT ON COLUMN hkpost.api_quota_day.answered IS 'Requests that were answered.';
COMMENT ON COLUMN hkpost.api_quota_day.tests IS 'Requests of the connection''s Test button.';
COMMENT ON COLUMN hkpost.api_quota_day.split_up IS 'Requests refused because of one item or their size, and asked again in parts.';
COMMENT ON COLUMN hkpost.api_quota_day.rate_limited IS 'Requests refused as too frequent (9991 or HTTP 429).';
COMMENT ON COLUMN hkpost.api_quota_day.quota_exhausted IS 'Requests refused because the day''s quota was used up (9994).';
COMMENT ON COLUMN hkpost.api_quota_day.refused IS 'Requests refused for their credential, their form or their sender.';
COMMENT ON COLUMN hkpost.api_quota_day.unavailable IS 'Requests that the service could not answer, or not in time.';
COMMENT ON COLUMN hkpost.api_quota_day.unusable IS 'Requests whose answer could not be used.';
COMMENT ON COLUMN hkpost.api_quota_day.unreachable IS 'Requests that never reached the service.';
COMMENT ON COLUMN hkpost.api_quota_day.not_sent IS 'Requests that a stop of their run kept from leaving.';
COMMENT ON COLUMN hkpost.api_quota_day.in_flight IS 'Requests under way.';
COMMENT ON COLUMN hkpost.api_quota_day.lost IS 'Requests under way when their run died.';
COMMENT ON COLUMN hkpost.api_quota_day.median_latency_ms IS 'Median time to an answer, in milliseconds.';
COMMENT ON COLUMN hkpost.api_quota_day.first_sent_at IS 'When the first left.';
COMMENT ON COLUMN hkpost.api_quota_day.last_sent_at IS 'When the last left.';
