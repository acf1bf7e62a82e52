-- Months (UTC) of the other tables whose rows lie in the default partition.
SELECT DISTINCT 'tracking_event_change' AS parent, date_trunc('month', changed_at, 'UTC') AS month
FROM hkpost.tracking_event_change_default
UNION
SELECT DISTINCT 'item_state_change', date_trunc('month', changed_at, 'UTC') FROM hkpost.item_state_change_default
UNION
SELECT DISTINCT 'api_call', date_trunc('month', sent_at, 'UTC') FROM hkpost.api_call_default
UNION
SELECT DISTINCT 'item_forecast_history', date_trunc('month', forecast_on::timestamp) AT TIME ZONE 'UTC'
FROM hkpost.item_forecast_history_default
ORDER BY parent, month;
