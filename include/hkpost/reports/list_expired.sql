-- Items closed as expired, the latest first.
SELECT item_no, closed_at, api_status, api_message, coalesce(destination_iso, destination_country) AS destination,
       last_event_at, event_count, poll_count, registered_at, source_ref, account,
       closed_at AS page_value, item_no AS page_key
FROM hkpost.mail_item
-- closed_at IS NOT NULL is what the index mail_item_closed asks for.
WHERE close_reason = 'expired' AND closed_at IS NOT NULL
  AND (CAST(:after_value AS timestamptz) IS NULL
       OR (closed_at, item_no) < (CAST(:after_value AS timestamptz), CAST(:after_key AS text)))
ORDER BY closed_at DESC, item_no DESC
LIMIT :at_most;
