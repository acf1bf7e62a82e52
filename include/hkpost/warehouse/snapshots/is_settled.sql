-- Whether nothing waits for a run's later steps: no answer to be loaded, no item to be closed, and the run before came to
-- its end with no failed task, which this one would have to show again.
SELECT NOT EXISTS (SELECT FROM hkpost.raw_response WHERE loaded_at IS NULL)
       AND NOT EXISTS (
           SELECT FROM hkpost.mail_item
           WHERE NOT is_open
             AND (closed_at IS NULL OR state = 'cancelled' AND close_reason NOT IN ('cancelled', 'duplicate')))
       AND NOT EXISTS (
           SELECT FROM hkpost.mail_item WHERE is_open AND closed_at IS NULL AND api_status IN (1002, 1003, 1004))
       AND coalesce((
           SELECT ended_at IS NOT NULL AND failed_tasks IS NULL
           FROM hkpost.run
           WHERE dag_id = :dag_id AND run_id <> :run_id
           ORDER BY started_at DESC
           LIMIT 1), false);
