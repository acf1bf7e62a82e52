-- The day that it is in a time zone.
SELECT (now() AT TIME ZONE :time_zone)::date;
