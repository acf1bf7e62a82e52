-- Open items that are silent for longer than their lane usually takes, the worst first.
WITH worst AS MATERIALIZED (
    SELECT item_no, state, origin, destination, silent_days, stuck_days, times_the_limit, lane_reports,
           lane_delivered_items, last_event_at
    FROM hkpost.stuck_item
    WHERE CAST(:after_value AS numeric) IS NULL
       OR (times_the_limit, item_no) < (CAST(:after_value AS numeric), CAST(:after_key AS text))
    ORDER BY times_the_limit DESC, item_no DESC
    LIMIT :at_most
)
SELECT worst.*, item.milestone_e, item.milestone_c, item.source_ref, item.account,
       worst.times_the_limit AS page_value, worst.item_no AS page_key
FROM worst
JOIN hkpost.mail_item AS item USING (item_no)
ORDER BY worst.times_the_limit DESC, worst.item_no DESC;
