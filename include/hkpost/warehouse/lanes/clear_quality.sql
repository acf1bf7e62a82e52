-- How good forecasts were is computed from all that is known each time.
DELETE FROM hkpost.forecast_quality;
