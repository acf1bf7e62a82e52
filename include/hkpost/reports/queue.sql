-- How many items each queue has, and had at the end of the day before.
SELECT today.queue, today.items AS n, yesterday.items AS n_yesterday, today.counted_at
FROM hkpost.queue_day AS today
LEFT JOIN hkpost.queue_day AS yesterday ON yesterday.queue = today.queue AND yesterday.day = today.day - 1
WHERE today.day = (SELECT max(day) FROM hkpost.queue_day);
