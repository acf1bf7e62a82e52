-- One item in words.
SELECT status.*,
       forecast.poll_reason, forecast.news_from, forecast.news_until,
       policy.poll_after, policy.silence_share, policy.poll_at_most, policy.comment AS poll_comment,
       origin.name_e AS origin_e, origin.name_c AS origin_c,
       destination.name_e AS destination_e, destination.name_c AS destination_c
FROM hkpost.item_status AS status
LEFT JOIN hkpost.poll_policy AS policy
       ON policy.state = CASE WHEN status.is_open AND status.api_status = 1001 THEN 'not_found' ELSE status.state END
LEFT JOIN hkpost.item_forecast AS forecast ON forecast.item_no = status.item_no
LEFT JOIN hkpost.dim_country AS origin ON origin.country_code = status.origin
LEFT JOIN hkpost.dim_country AS destination ON destination.country_code = status.destination
WHERE status.item_no = :item_no;
