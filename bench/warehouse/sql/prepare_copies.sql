-- What every copy is made from: the originals with their age, their events with what varies in them, and for
-- each age the originals that an item of this age may be like. Needs the originals' anchor: SET bench.anchor = '…'.
CREATE SCHEMA bench;

CREATE UNLOGGED TABLE bench.original AS
SELECT item.*,
       floor(extract(epoch FROM current_setting('bench.anchor')::timestamptz - item.registered_at) / 86400)::integer AS age_days,
       first.event_time_local AS first_local, first.time_zone AS first_zone,
       last.event_time_local AS last_local, last.time_zone AS last_zone,
       delivery.event_time_local AS delivery_local, delivery.time_zone AS delivery_zone,
       EXISTS (
           SELECT FROM hkpost.fact_tracking_event AS fact
           WHERE fact.item_no = item.item_no AND fact.time_precision = 'date'
       ) AS has_bare_dates
FROM hkpost.mail_item AS item
LEFT JOIN LATERAL (
    SELECT event_time_local, time_zone FROM hkpost.fact_tracking_event AS fact
    WHERE fact.item_no = item.item_no AND fact.event_time = item.first_event_at AND retracted_at IS NULL LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT event_time_local, time_zone FROM hkpost.fact_tracking_event AS fact
    WHERE fact.item_no = item.item_no AND fact.event_time = item.last_event_at AND retracted_at IS NULL LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT event_time_local, time_zone FROM hkpost.fact_tracking_event AS fact
    WHERE fact.item_no = item.item_no AND fact.event_time = item.delivered_at AND retracted_at IS NULL LIMIT 1
) AS delivery ON true;
ALTER TABLE bench.original ADD PRIMARY KEY (item_no);

-- A day that a message names, in the two ways in which it is written.
CREATE UNLOGGED TABLE bench.original_event AS
SELECT fact.*, named.english, named.chinese,
       to_date(named.english, 'DD-Mon-YYYY') - fact.event_time_local::date AS named_after_days
FROM hkpost.fact_tracking_event AS fact
LEFT JOIN LATERAL (
    SELECT max(param) FILTER (WHERE param ~ '^[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4}$') AS english,
           max(param) FILTER (WHERE param ~ '^[0-9]{4}年') AS chinese
    FROM unnest(fact.text_params) AS param
) AS named ON fact.text_params IS NOT NULL;

CREATE UNLOGGED TABLE bench.original_change AS SELECT * FROM hkpost.tracking_event_change;
CREATE UNLOGGED TABLE bench.original_state_change AS SELECT * FROM hkpost.item_state_change;

-- An item of the last month is like one of the same age, an older one like any that has had a month.
CREATE UNLOGGED TABLE bench.pool AS
WITH age AS (
    SELECT days, CASE WHEN days < 30 THEN max(age_days) ELSE least(30, max(age_days)) END AS at_least
    FROM generate_series(0, 60) AS days
    LEFT JOIN bench.original ON age_days <= days
    GROUP BY days
)
SELECT age.days, original.item_no,
       row_number() OVER (PARTITION BY age.days ORDER BY md5(original.item_no)) - 1 AS position,
       count(*) OVER (PARTITION BY age.days) AS size
FROM age
JOIN bench.original ON original.age_days BETWEEN age.at_least AND age.days;
ALTER TABLE bench.pool ADD PRIMARY KEY (days, position);

ANALYZE bench.original, bench.original_event, bench.original_change, bench.original_state_change, bench.pool;

-- A warehouse that has lived for two years has the months of its changes and requests.
SELECT hkpost.ensure_partition(
           growing.name, to_char(month, '"y"YYYY"m"MM'),
           to_char(month, 'YYYY-MM-DD 00:00+00'), to_char(month + interval '1 month', 'YYYY-MM-DD 00:00+00'))
FROM generate_series(date_trunc('month', now() - interval '2 years'), now(), interval '1 month') AS month
CROSS JOIN (VALUES ('tracking_event_change'), ('item_state_change'), ('api_call')) AS growing(name)
ORDER BY growing.name, month;
