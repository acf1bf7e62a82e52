-- How good forecasts were, by lane: all lanes (without a destination) first, then those out of bounds, then the largest.
SELECT nullif(origin, '') AS origin, nullif(destination, '') AS destination, nullif(service, '') AS service,
       items, predicted, actual, items_covered, coverage_80, coalesce(is_out_of_bounds, false) AS is_out_of_bounds, made_at
FROM hkpost.forecast_quality
WHERE decile = 0
ORDER BY forecast_quality.destination <> '', forecast_quality.is_out_of_bounds DESC NULLS LAST, items_covered DESC,
         forecast_quality.destination, forecast_quality.origin, forecast_quality.service
LIMIT 200;
