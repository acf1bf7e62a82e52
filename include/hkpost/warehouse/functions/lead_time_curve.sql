-- How many of the mail of some lane, service and days of posting is delivered by each day after the posting?
-- Plain SQL without SECURITY DEFINER, so that the planner puts it into the query that calls it; it reads the view
-- journey, which analysts may read.

CREATE OR REPLACE FUNCTION hkpost.lead_time_curve(
    origin text, destination text, service text, posted_from date, posted_to date)
RETURNS TABLE (
    day             integer,
    at_risk         bigint,
    delivered       bigint,
    share_delivered numeric,
    share_low       numeric,
    share_high      numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT curve.day, curve.at_risk, curve.delivered, curve.share_delivered, curve.share_low, curve.share_high
      FROM (
            SELECT array_agg(counted.day) AS days,
                   array_agg(counted.delivered) AS delivered,
                   array_agg(counted.not_delivered) AS not_delivered,
                   array_agg(counted.followed_until) AS followed_until
              FROM (
                    SELECT journey.followed_days AS day,
                           count(*) FILTER (WHERE journey.outcome = 'delivered') AS delivered,
                           count(*) FILTER (WHERE journey.outcome = 'not_delivered') AS not_delivered,
                           count(*) FILTER (WHERE journey.outcome IN ('open', 'undated')) AS followed_until
                      FROM hkpost.journey
                     WHERE journey.posted_at IS NOT NULL
                       AND (lead_time_curve.origin IS NULL OR journey.origin = lead_time_curve.origin)
                       AND (lead_time_curve.destination IS NULL OR journey.destination = lead_time_curve.destination)
                       AND (lead_time_curve.service IS NULL OR journey.service = lead_time_curve.service)
                       AND (posted_from IS NULL OR journey.posted_on >= posted_from AND journey.week_start >= posted_from - 6)
                       AND (posted_to IS NULL OR journey.posted_on <= posted_to AND journey.week_start <= posted_to)
                     GROUP BY journey.followed_days
                   ) AS counted
           ) AS counts
     CROSS JOIN LATERAL hkpost.delivery_curve(
           counts.days, counts.delivered, counts.not_delivered, counts.followed_until) AS curve;
END;

COMMENT ON FUNCTION hkpost.lead_time_curve(text, text, text, date, date) IS 'The share of items delivered by each day after the day of posting (day 0), open items and other ends taken into account: a row for each day on which something is known. at_risk: items that were still under way and followed when the day began. share_low and share_high: between these the share lies in 95 of 100 cases. Null for an argument means all; both days of posting are included. docs/measures.md has the formula.';
