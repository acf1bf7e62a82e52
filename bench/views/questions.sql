-- The documented question of each view (docs/views.md): a name, and what an analyst asks.

-- tracking_event: one item
SELECT * FROM hkpost.tracking_event
WHERE item_no = (SELECT item_no FROM hkpost.mail_item WHERE state = 'delivered' LIMIT 1) ORDER BY sequence_no;

-- tracking_event: the last 7 days by type
SELECT event_type, count(*) FROM hkpost.tracking_event WHERE event_date >= current_date - 7 GROUP BY event_type;

-- item_status: one item
SELECT * FROM hkpost.item_status
WHERE item_no = (SELECT item_no FROM hkpost.mail_item WHERE is_open LIMIT 1);

-- item_status: what is in customs of one destination
SELECT status.* FROM hkpost.journey AS journey JOIN hkpost.item_status AS status USING (item_no)
WHERE journey.destination = 'GB' AND journey.is_open AND journey.state = 'customs' LIMIT 200;

-- journey: p90 from the destination to out for delivery, 12 weeks, one destination
SELECT service, count(*), percentile_cont(0.9) WITHIN GROUP (ORDER BY out_for_delivery_at - destination_at) AS p90
FROM hkpost.journey WHERE week_start >= current_date - 84 AND destination = 'US' GROUP BY service;

-- delivery_performance: 12 weeks, one destination
SELECT * FROM hkpost.delivery_performance WHERE week_start >= current_date - 84 AND destination = 'US';

-- delivery_performance: 12 weeks, all lanes
SELECT * FROM hkpost.delivery_performance WHERE week_start >= current_date - 84;

-- on_time: 12 weeks, one destination
SELECT * FROM hkpost.on_time WHERE week_start >= current_date - 84 AND destination = 'US';

-- on_time: 12 weeks, all lanes
SELECT * FROM hkpost.on_time WHERE week_start >= current_date - 84;

-- first_scan: 12 weeks, one destination
SELECT * FROM hkpost.first_scan WHERE week_start >= current_date - 84 AND destination = 'US';

-- first_scan: 12 weeks, all lanes
SELECT * FROM hkpost.first_scan WHERE week_start >= current_date - 84;

-- first_attempt: 12 weeks, one destination
SELECT * FROM hkpost.first_attempt WHERE week_start >= current_date - 84 AND destination = 'US';

-- first_attempt: 12 weeks, all lanes
SELECT * FROM hkpost.first_attempt WHERE week_start >= current_date - 84;

-- customs_dwell: 12 weeks, all lanes
SELECT * FROM hkpost.customs_dwell WHERE week_start >= current_date - 84;

-- lead_time_count: 12 weeks, all lanes
SELECT destination, sum(items) FROM hkpost.lead_time_count WHERE week_start >= current_date - 84 GROUP BY destination;

-- customs_stay: 12 weeks, one destination
SELECT count(*), avg(hours) FROM hkpost.customs_stay WHERE week_start >= current_date - 84 AND destination = 'US';

-- lane_alert
SELECT * FROM hkpost.lane_alert;

-- item_promise: one item
SELECT * FROM hkpost.item_promise WHERE item_no = (SELECT min(item_no) FROM hkpost.mail_item);

-- promise_at_risk
SELECT * FROM hkpost.promise_at_risk LIMIT 100;

-- order_status: one reference
SELECT * FROM hkpost.order_status WHERE source_ref = (SELECT min(source_ref) FROM hkpost.mail_item);

-- calendar_day: one country
SELECT * FROM hkpost.calendar_day WHERE country = 'US' AND is_working_day;

-- milestone_funnel: 12 weeks, one destination
SELECT * FROM hkpost.milestone_funnel WHERE week_start >= current_date - 84 AND destination = 'US';

-- milestone_funnel: 12 weeks, all lanes
SELECT * FROM hkpost.milestone_funnel WHERE week_start >= current_date - 84;

-- volume_day: 30 days, all lanes
SELECT * FROM hkpost.volume_day WHERE day >= current_date - 30;

-- stuck_item: one destination, the worst first
SELECT * FROM hkpost.stuck_item WHERE destination = 'GB' ORDER BY times_the_limit DESC LIMIT 100;

-- stuck_item: everywhere, the worst first
SELECT * FROM hkpost.stuck_item WHERE lane_reports ORDER BY times_the_limit DESC LIMIT 100;

-- stuck_item: counted by lane
SELECT destination, service, lane_reports, count(*) FROM hkpost.stuck_item GROUP BY 1, 2, 3;

-- api_quota_day: 7 days
SELECT * FROM hkpost.api_quota_day WHERE quota_day >= current_date - 7;

-- data_freshness
SELECT * FROM hkpost.data_freshness;

-- account_answer
SELECT * FROM hkpost.account_answer;

-- unclassified_wording: of events
SELECT * FROM hkpost.unclassified_wording WHERE kind = 'event';

-- unclassified_wording: of milestones too
SELECT * FROM hkpost.unclassified_wording;

-- delivery_performance: two years, all lanes
SELECT * FROM hkpost.delivery_performance;
