-- Which lanes got worse? Four weeks of posting against the twelve before them, each lane against its own usual; the two
-- youngest weeks are left out. Only what chance does not explain: the band of the latter lies beyond the former.

CREATE OR REPLACE VIEW hkpost.lane_alert AS
WITH setting AS (
    SELECT max(value::integer) FILTER (WHERE name = 'minimum_items_of_a_share') AS minimum_items,
           max(value::integer) FILTER (WHERE name = 'alert_lane_points') / 100.0 AS points,
           date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong')::date AS monday
      FROM hkpost.setting
), period AS (
    SELECT origin,
           destination,
           service,
           week_start >= (SELECT monday - 42 FROM setting) AS is_lately,
           sum(items)::bigint AS items,
           array_agg(day) AS days,
           array_agg(delivered) AS delivered,
           array_agg(not_delivered) AS not_delivered,
           array_agg(followed_until) AS followed_until
      FROM hkpost.lead_time_count
     WHERE week_start >= (SELECT monday - 126 FROM setting) AND week_start < (SELECT monday - 14 FROM setting)
     GROUP BY 1, 2, 3, 4
), lane AS (
    SELECT lately.*,
           usual.items AS usual_items,
           usual.days AS usual_days,
           usual.delivered AS usual_delivered,
           usual.not_delivered AS usual_not_delivered,
           usual.followed_until AS usual_followed_until
      FROM period AS lately
      JOIN period AS usual
        ON usual.origin = lately.origin AND usual.destination = lately.destination
       AND usual.service IS NOT DISTINCT FROM lately.service AND NOT usual.is_lately
     CROSS JOIN setting
     WHERE lately.is_lately AND lately.items >= minimum_items AND usual.items >= minimum_items
), slower AS (
    -- Of the day by which usually half of the items, or nine of ten, are delivered: how many are, lately?
    SELECT lane.*, compared.measure, compared.usual_day::numeric AS usual, compared.lately_day::numeric AS lately
      FROM lane
     CROSS JOIN setting
     CROSS JOIN LATERAL hkpost.lead_times(
           usual_days, usual_delivered, usual_not_delivered, usual_followed_until, minimum_items) AS took_usually
     CROSS JOIN LATERAL hkpost.lead_times(days, delivered, not_delivered, followed_until, minimum_items) AS took_lately
     CROSS JOIN LATERAL (VALUES
           ('p50_days', 0.5, took_usually.p50_days, took_lately.p50_days),
           ('p90_days', 0.9, took_usually.p90_days, took_lately.p90_days)
           ) AS compared (measure, part, usual_day, lately_day)
     CROSS JOIN LATERAL (
           SELECT coalesce(max(share_delivered), 0) AS share, coalesce(max(share_high), 3.8416 / (items + 3.8416)) AS high
             FROM hkpost.delivery_curve(days, delivered, not_delivered, followed_until)
            WHERE day <= usual_day) AS by_then
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(left_at.items), 0) AS items
             FROM unnest(days, followed_until) AS left_at (day, items)
            WHERE left_at.day < usual_day) AS unfollowed
     WHERE compared.usual_day IS NOT NULL AND by_then.share <= part - points AND by_then.high < part AND lane.items - unfollowed.items >= minimum_items
), other_end AS (
    -- Returns and other ends, by the last day of which enough is known lately.
    SELECT lane.*, 'share_not_delivered' AS measure, round(before.share, 4) AS usual, round(latest.share, 4) AS lately
      FROM lane
     CROSS JOIN setting
     CROSS JOIN LATERAL (
           SELECT max(day) AS day, max(share_delivered) AS share, max(share_low) AS low
             FROM hkpost.delivery_curve(days, not_delivered, delivered, followed_until)
            WHERE items_known >= minimum_items) AS latest
     CROSS JOIN LATERAL (
           SELECT coalesce(max(share_delivered), 0) AS share
             FROM hkpost.delivery_curve(usual_days, usual_not_delivered, usual_delivered, usual_followed_until)
            WHERE day <= latest.day) AS before
     WHERE latest.share >= before.share + points AND latest.low > before.share
), promise AS (
    SELECT origin, destination, service,
           sum(n) FILTER (WHERE is_lately) AS n_lately,
           sum(items_on_time) FILTER (WHERE is_lately) / sum(n) FILTER (WHERE is_lately) AS lately,
           sum(n) FILTER (WHERE NOT is_lately) AS n_usual,
           sum(items_on_time) FILTER (WHERE NOT is_lately) / sum(n) FILTER (WHERE NOT is_lately) AS usual
      FROM (SELECT on_time.*, week_start >= (SELECT monday - 42 FROM setting) AS is_lately
              FROM hkpost.on_time
             WHERE week_start >= (SELECT monday - 126 FROM setting) AND week_start < (SELECT monday - 14 FROM setting)
               AND is_mature AND lane_reports IS NOT FALSE AND n > 0) AS week
     GROUP BY origin, destination, service
)
SELECT origin, destination, service, measure, usual, lately, usual_items AS items_usual, items AS items_lately
  FROM slower
UNION ALL
SELECT origin, destination, service, measure, usual, lately, usual_items, items
  FROM other_end
UNION ALL
SELECT origin, destination, service, 'share_on_time', round(usual, 4), round(lately, 4), n_usual, n_lately
  FROM promise
 CROSS JOIN setting
 WHERE n_lately >= minimum_items AND n_usual >= minimum_items AND lately <= usual - points
   -- The upper end of Wilson's interval, as in delivery_curve.
   AND (lately + 1.9208 / n_lately + 1.96 * sqrt(lately * (1 - lately) / n_lately + 0.9604 / n_lately / n_lately))
       / (1 + 3.8416 / n_lately) < usual;

COMMENT ON VIEW hkpost.lane_alert IS 'Lanes that got worse: mail posted three to six weeks ago against that of the twelve weeks before, on the same lane; a row for each measure that worsened by alert_lane_points or more, and beyond what chance explains. Weeks younger than that are left out, and so is what stands on fewer items than minimum_items_of_a_share. It reads the journeys of 18 weeks: seconds on tens of millions of events; each run keeps its rows for the page and the alert.';
COMMENT ON COLUMN hkpost.lane_alert.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received.';
COMMENT ON COLUMN hkpost.lane_alert.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received.';
COMMENT ON COLUMN hkpost.lane_alert.service IS 'Kind of service: first letter of the item number; null when the number is not of that form.';
COMMENT ON COLUMN hkpost.lane_alert.measure IS 'What got worse: p50_days, p90_days (fewer are delivered by the usual day), share_on_time (on_time, of mature weeks), share_not_delivered (returned, expired and the other ends).';
COMMENT ON COLUMN hkpost.lane_alert.usual IS 'What it was in the twelve weeks before.';
COMMENT ON COLUMN hkpost.lane_alert.lately IS 'What it is in the four weeks; null for days that are not reached yet.';
COMMENT ON COLUMN hkpost.lane_alert.items_usual IS 'Items that usual stands on.';
COMMENT ON COLUMN hkpost.lane_alert.items_lately IS 'Items that lately stands on.';
