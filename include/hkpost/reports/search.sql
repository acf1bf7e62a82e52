-- The items with a number or with the business's own reference.
SELECT item_no, state, is_open, source_ref, milestone_e, milestone_c, last_event_at,
       coalesce(destination_iso, destination_country) AS destination
FROM hkpost.mail_item
WHERE item_no = :item_no OR source_ref = :source_ref
ORDER BY last_event_at DESC NULLS LAST, item_no
LIMIT 50;
