-- When one open item will be delivered.
SELECT p10_at, p50_at, p80_at, p90_at, share_by_promise AS p_by_promise, share_never AS p_never, expects_report, basis,
       basis_items AS n, forecast_at AS made_at
FROM hkpost.item_forecast
WHERE item_no = :item_no;
