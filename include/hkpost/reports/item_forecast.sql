-- When one open item will be delivered, and when it has news next, for which it is asked about.
SELECT p10_at, p50_at, p80_at, p90_at, share_by_promise AS p_by_promise, share_never AS p_never, expects_report, basis,
       basis_items AS n, forecast_at AS made_at, poll_reason, news_from, news_until
FROM hkpost.item_forecast
WHERE item_no = :item_no;
