-- The latest events of one item, a delivered one with a long way behind it, in English and in Chinese.
WITH item AS (
    SELECT item_no
      FROM hkpost.mail_item
     WHERE state = 'delivered'
     ORDER BY event_count DESC, item_no
     LIMIT 1
)
SELECT item_no, event_time_local, country_iso AS country, event_type, message_e, message_c
  FROM hkpost.tracking_event
  JOIN item USING (item_no)
 ORDER BY sequence_no DESC
 LIMIT 6;
