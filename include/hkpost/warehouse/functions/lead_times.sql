-- Within how many days is half of the mail delivered, nine of ten, nineteen of twenty? Read from delivery_curve.

CREATE OR REPLACE FUNCTION hkpost.lead_times(
    days integer[], delivered bigint[], not_delivered bigint[], followed_until bigint[], minimum_items integer)
RETURNS TABLE (p50_days integer, p90_days integer, p95_days integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT min(curve.day) FILTER (WHERE curve.share_delivered >= 0.5),
           min(curve.day) FILTER (WHERE curve.share_delivered >= 0.9),
           min(curve.day) FILTER (WHERE curve.share_delivered >= 0.95)
      FROM hkpost.delivery_curve(days, delivered, not_delivered, followed_until) AS curve
     -- Where fewer carry it, the curve says nothing.
     WHERE curve.items_known >= minimum_items;
END;

COMMENT ON FUNCTION hkpost.lead_times(integer[], bigint[], bigint[], bigint[], integer) IS 'Calendar days within which half, nine of ten and nineteen of twenty of the items posted are delivered, from counts by day (lead_time_count has them); null where the curve does not reach that far, or would stand on fewer than minimum_items.';
