-- Months whose events lie in the default partition.
SELECT DISTINCT date_trunc('month', event_date::timestamp)::date AS month
FROM hkpost.fact_tracking_event_default
ORDER BY month;
