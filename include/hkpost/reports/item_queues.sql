-- In which queues one open item is.
SELECT queue
FROM hkpost.queue_item
JOIN hkpost.mail_item USING (item_no)
WHERE item_no = :item_no AND is_open
ORDER BY queue;
