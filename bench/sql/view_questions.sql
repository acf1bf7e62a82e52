-- One question for each view, as docs/views.md says to ask it. :item_no is an item that has events.

-- tracking_event
SELECT * FROM hkpost.tracking_event WHERE item_no = :item_no ORDER BY sequence_no;

-- tracking_event_absence
SELECT * FROM hkpost.tracking_event_absence WHERE item_no = :item_no;

-- item_status
SELECT * FROM hkpost.item_status WHERE item_no = :item_no;

-- delivery_performance
SELECT * FROM hkpost.delivery_performance WHERE week_start >= current_date - 84;

-- on_time
SELECT * FROM hkpost.on_time WHERE week_start >= current_date - 84;

-- first_scan
SELECT * FROM hkpost.first_scan WHERE week_start >= current_date - 84;

-- first_attempt
SELECT * FROM hkpost.first_attempt WHERE week_start >= current_date - 84;

-- customs_dwell
SELECT * FROM hkpost.customs_dwell WHERE week_start >= current_date - 84;

-- milestone_funnel
SELECT * FROM hkpost.milestone_funnel WHERE week_start >= current_date - 84 AND destination = 'GB';

-- volume_day
SELECT * FROM hkpost.volume_day WHERE day >= current_date - 28;

-- stuck_item
SELECT * FROM hkpost.stuck_item WHERE destination = 'GB' AND lane_reports IS NOT FALSE;

-- data_freshness
SELECT * FROM hkpost.data_freshness;

-- api_quota_day
SELECT * FROM hkpost.api_quota_day WHERE quota_day >= current_date - 28;

-- unclassified_wording
SELECT * FROM hkpost.unclassified_wording;

-- quality_check
SELECT * FROM hkpost.quality_check;
