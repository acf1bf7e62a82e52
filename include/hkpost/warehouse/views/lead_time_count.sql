-- What every lead time is taken from: of the items of a lane and week, how many were delivered on which day after the
-- posting, ended otherwise, or were followed no further. Counts of several lanes or weeks may be added; percentiles not.

CREATE OR REPLACE VIEW hkpost.lead_time_count AS
SELECT origin,
       destination,
       service,
       week_start,
       followed_days AS day,
       count(*) AS items,
       count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
       count(*) FILTER (WHERE outcome = 'not_delivered') AS not_delivered,
       count(*) FILTER (WHERE outcome IN ('open', 'undated')) AS followed_until,
       count(*) FILTER (WHERE outcome = 'open') AS still_open,
       count(*) FILTER (WHERE unclassified_events > 0 AND outcome <> 'delivered') AS unclassified
  FROM hkpost.journey
 WHERE posted_at IS NOT NULL
 GROUP BY origin, destination, service, week_start, followed_days;

COMMENT ON VIEW hkpost.lead_time_count IS 'The items posted, counted by lane, ISO week and the day after posting on which their story ends so far: for lead_times and delivery_curve, over any lanes and weeks together. Filter on week_start, and on destination where one will do: it makes it quick.';
COMMENT ON COLUMN hkpost.lead_time_count.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.lead_time_count.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.lead_time_count.service IS 'Kind of service: first letter of the item number (E express, R registered, C parcel, L tracked letter …); null when the number is not of that form.';
COMMENT ON COLUMN hkpost.lead_time_count.week_start IS 'Monday of the week of posting in Hong Kong.';
COMMENT ON COLUMN hkpost.lead_time_count.day IS 'Calendar days after the day of posting: journey.followed_days.';
COMMENT ON COLUMN hkpost.lead_time_count.items IS 'Items: delivered, not_delivered and followed_until together.';
COMMENT ON COLUMN hkpost.lead_time_count.delivered IS 'Items delivered on that day.';
COMMENT ON COLUMN hkpost.lead_time_count.not_delivered IS 'Items that came to another end and were last answered about on that day.';
COMMENT ON COLUMN hkpost.lead_time_count.followed_until IS 'Items known not to be delivered until that day, and followed no further.';
COMMENT ON COLUMN hkpost.lead_time_count.still_open IS 'Items of followed_until that are open; the others are delivered on a day that is not known.';
COMMENT ON COLUMN hkpost.lead_time_count.unclassified IS 'Items not known to be delivered whose latest events have no meaning yet: they may be deliveries (unclassified_wording).';
