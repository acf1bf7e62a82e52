-- How long does mail take, by destination, open items taken into account? (delivery_performance has it by lane and week.)
SELECT destination,
       items AS posted,
       delivered,
       still_open,
       took.p50_days,
       took.p90_days
  FROM (
        SELECT destination, sum(items) AS items, sum(delivered) AS delivered, sum(still_open) AS still_open,
               array_agg(day) AS days, array_agg(delivered) AS on_day, array_agg(not_delivered) AS ended,
               array_agg(followed_until) AS followed
          FROM hkpost.lead_time_count
         GROUP BY destination
       ) AS lane
 CROSS JOIN LATERAL hkpost.lead_times(days, on_day, ended, followed, 30) AS took
 ORDER BY delivered DESC, destination
 LIMIT 10;
