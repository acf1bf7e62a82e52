-- A chart as the end of the last run found it.
SELECT taken_at, series FROM hkpost.chart_series WHERE chart = :chart;
