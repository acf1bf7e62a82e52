-- How long does mail take, by destination? (delivery_performance has it by week of posting, too.)
SELECT destination,
       sum(items_posted) AS posted,
       sum(items_delivered) AS delivered,
       round(sum(median_days * n) / nullif(sum(n) FILTER (WHERE median_days IS NOT NULL), 0), 1) AS typical_days,
       min(fastest_days) AS fastest_days,
       max(slowest_days) AS slowest_days
  FROM hkpost.delivery_performance
 GROUP BY destination
 ORDER BY delivered DESC, destination
 LIMIT 10;
