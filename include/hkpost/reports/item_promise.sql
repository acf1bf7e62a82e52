-- What was promised of one item, and whether it is kept.
SELECT promised_on, status, days_left, working_days_left, promised_by
FROM hkpost.item_promise
WHERE item_no = :item_no;
