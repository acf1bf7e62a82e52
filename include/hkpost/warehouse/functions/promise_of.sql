-- What is promised for an item: by the business itself, or where it says nothing by the target that fits best.

CREATE OR REPLACE FUNCTION hkpost.promise_of(
    business_day date, posted_on date, origin text, destination text, service text)
RETURNS TABLE (promised_on date, promised_by text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(business_day, target.day),
           CASE WHEN business_day IS NOT NULL THEN 'business' ELSE 'delivery_target' END
      FROM (SELECT) AS item
      LEFT JOIN (
           SELECT promise_of.posted_on + delivery_target.target_days AS day
             FROM hkpost.delivery_target
            WHERE business_day IS NULL
              AND delivery_target.origin IN ('', promise_of.origin)
              AND delivery_target.destination IN ('', promise_of.destination)
              AND delivery_target.service IN ('', promise_of.service)
              AND delivery_target.valid_from <= promise_of.posted_on
            ORDER BY delivery_target.destination = '', delivery_target.service = '', delivery_target.origin = '',
                     delivery_target.valid_from DESC
            LIMIT 1) AS target ON true;
END;

COMMENT ON FUNCTION hkpost.promise_of(date, date, text, text, text) IS 'One row: the day that is promised for an item, and by whom: business_day (mail_item.promised_on) by business, else posted_on and the days of the delivery_target that fits best by delivery_target; null where none does.';
