-- How much mail, day by day? Posted and delivered items of each lane.

CREATE OR REPLACE VIEW hkpost.volume_day AS
WITH counted AS (
    SELECT posted_on AS day, origin, destination, service, 1 AS posted, is_open::integer AS still_open, 0 AS delivered
      FROM hkpost.item_journey
     WHERE posted_at IS NOT NULL
    UNION ALL
    SELECT delivered_on, origin, destination, service, 0, 0, 1
      FROM hkpost.item_journey
     WHERE delivered_on IS NOT NULL AND state = 'delivered'
)
SELECT day,
       origin,
       destination,
       service,
       sum(posted) AS items_posted,
       sum(still_open) AS items_open,
       sum(delivered) AS items_delivered
  FROM counted
 GROUP BY day, origin, destination, service;

COMMENT ON VIEW hkpost.volume_day IS 'Items posted and items delivered on each day, by lane and kind of service. Items that the service has reported nothing of yet are not in it, so that the last days grow for a while. Filter on day: it makes it quick.';
COMMENT ON COLUMN hkpost.volume_day.day IS 'For items_posted the day in Hong Kong (of the first event where the posting is not known); for items_delivered the day at the destination.';
COMMENT ON COLUMN hkpost.volume_day.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.volume_day.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.volume_day.service IS 'Kind of service: first letter of the item number (E express, R registered, C parcel, L tracked letter …); null when the number is not of that form.';
COMMENT ON COLUMN hkpost.volume_day.items_posted IS 'Items posted on the day.';
COMMENT ON COLUMN hkpost.volume_day.items_open IS 'Items of them that are still open.';
COMMENT ON COLUMN hkpost.volume_day.items_delivered IS 'Items delivered on the day, whenever they were posted.';
