-- When a country works: its weekend and its public holidays.

CREATE TABLE hkpost.dim_calendar (
    country        text      PRIMARY KEY,
    weekend        integer[] NOT NULL,
    holidays_from  date      NOT NULL,
    holidays_until date      NOT NULL
);
COMMENT ON TABLE hkpost.dim_calendar IS 'The weekend of each country, and of which days its public holidays are known, from the seed file calendar.csv (the library holidays). Analysts read calendar_day.';
COMMENT ON COLUMN hkpost.dim_calendar.country IS 'ISO 3166 alpha-2.';
COMMENT ON COLUMN hkpost.dim_calendar.weekend IS 'Days of the weekend: 1 is Monday, 7 Sunday.';
COMMENT ON COLUMN hkpost.dim_calendar.holidays_from IS 'First day of which it is known whether it is a holiday.';
COMMENT ON COLUMN hkpost.dim_calendar.holidays_until IS 'Last such day.';

CREATE TABLE hkpost.dim_holiday (
    country text NOT NULL REFERENCES hkpost.dim_calendar ON DELETE CASCADE,
    day     date NOT NULL,
    holiday text NOT NULL,
    PRIMARY KEY (country, day)
);
COMMENT ON TABLE hkpost.dim_holiday IS 'Public holidays of whole countries, from the seed file holiday.csv (the library holidays).';
COMMENT ON COLUMN hkpost.dim_holiday.country IS 'ISO 3166 alpha-2.';
COMMENT ON COLUMN hkpost.dim_holiday.day IS 'The day.';
COMMENT ON COLUMN hkpost.dim_holiday.holiday IS 'Its name, in English where there is one.';
