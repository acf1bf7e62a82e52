-- Working days between two days in a country: those after the first, up to and with the second (J+n).
-- Whole weeks by arithmetic, the rest of a week day by day, less the holidays on other days than the weekend's.

CREATE OR REPLACE FUNCTION hkpost.working_days(country text, from_day date, to_day date)
RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (CASE WHEN to_day < from_day THEN -1 ELSE 1 END * (
               span.days / 7 * (7 - cardinality(span.weekend))
               + (SELECT count(*) FROM generate_series(0, span.days % 7 - 1) AS back (days)
                   WHERE extract(isodow FROM span.until_day - back.days)::integer <> ALL (span.weekend))
               - (SELECT count(*) FROM hkpost.dim_holiday AS holiday
                   WHERE holiday.country = working_days.country
                     AND holiday.day > span.after_day AND holiday.day <= span.until_day
                     AND extract(isodow FROM holiday.day)::integer <> ALL (span.weekend))))::integer
      FROM (SELECT abs(to_day - from_day) AS days,
                   least(from_day, to_day) AS after_day,
                   greatest(from_day, to_day) AS until_day,
                   coalesce((SELECT calendar.weekend FROM hkpost.dim_calendar AS calendar
                              WHERE calendar.country = working_days.country), '{6,7}') AS weekend) AS span
     WHERE from_day IS NOT NULL AND to_day IS NOT NULL;
END;

COMMENT ON FUNCTION hkpost.working_days(text, date, date) IS 'Working days in a country (ISO 3166 alpha-2) after from_day up to and with to_day, as in UPU''s J+n; negative when to_day lies before from_day. Where the holidays are not known (calendar_day.is_holiday is null), weekends alone count.';
