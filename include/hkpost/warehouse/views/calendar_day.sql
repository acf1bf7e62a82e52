-- Is a day a working day in a country? Each country and day of the years that the calendar has.

CREATE OR REPLACE VIEW hkpost.calendar_day AS
SELECT listed.day,
       country.country_code AS country,
       extract(isodow FROM listed.day)::integer = ANY (coalesce(calendar.weekend, '{6,7}')) AS is_weekend,
       CASE WHEN listed.day BETWEEN holidays_from AND holidays_until THEN holiday.day IS NOT NULL END AS is_holiday,
       holiday.holiday,
       extract(isodow FROM listed.day)::integer <> ALL (coalesce(calendar.weekend, '{6,7}')) AND holiday.day IS NULL
           AS is_working_day
  FROM hkpost.dim_country AS country
 CROSS JOIN LATERAL (
       SELECT generate_series(min(holidays_from)::timestamp, max(holidays_until), interval '1 day')::date AS day
         FROM hkpost.dim_calendar) AS listed
  LEFT JOIN hkpost.dim_calendar AS calendar ON calendar.country = country.country_code
  LEFT JOIN hkpost.dim_holiday AS holiday ON holiday.country = country.country_code AND holiday.day = listed.day;

COMMENT ON VIEW hkpost.calendar_day IS 'One row for each country and day of the years that the calendar has: weekend, public holiday, working day. Holidays of regions are not in it. Filter on country.';
COMMENT ON COLUMN hkpost.calendar_day.day IS 'The day.';
COMMENT ON COLUMN hkpost.calendar_day.country IS 'Country: ISO 3166 alpha-2.';
COMMENT ON COLUMN hkpost.calendar_day.is_weekend IS 'Whether offices there rest on that day of the week; Saturday and Sunday where the country''s own is not known.';
COMMENT ON COLUMN hkpost.calendar_day.is_holiday IS 'Whether it is a public holiday of the whole country; null where its holidays are not known.';
COMMENT ON COLUMN hkpost.calendar_day.holiday IS 'Name of the holiday; null when it is none.';
COMMENT ON COLUMN hkpost.calendar_day.is_working_day IS 'True when it is neither: where holidays are not known, by the day of the week alone.';
