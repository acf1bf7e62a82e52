-- The copies that were posted between two ages: their numbers (UPU S10 with its check digit), the original
-- each is like, and by how much its times lie before the original's. Item numbers rise with time, as serials do.
CREATE TEMP TABLE copied ON COMMIT DROP AS
WITH serial AS (
    SELECT age_days, (CAST(:oldest AS bigint) - age_days) * :items_a_day + one AS copy_no,
           -- Two requests for each thirty items of a day.
           CAST(:first_call AS bigint)
           + ((CAST(:oldest AS bigint) - age_days) * (:items_a_day / 30 + 1) + one / 30) * 2 AS call_id
    FROM generate_series(CAST(:from_age AS integer), CAST(:to_age AS integer), -1) AS age_days,
         generate_series(0, CAST(:items_a_day AS bigint) - 1) AS one
), digits AS (
    SELECT age_days, copy_no, call_id, lpad(copy_no::text, 8, '0') AS serial,
           ((copy_no / 10000000 % 10) * 8 + (copy_no / 1000000 % 10) * 6 + (copy_no / 100000 % 10) * 4
            + (copy_no / 10000 % 10) * 2 + (copy_no / 1000 % 10) * 3 + (copy_no / 100 % 10) * 5
            + (copy_no / 10 % 10) * 9 + (copy_no % 10) * 7) % 11 AS remainder,
           hashint8(copy_no) & 2147483647 AS dice
    FROM serial
)
SELECT digits.copy_no, digits.age_days, digits.dice, original.item_no AS original,
       -- An ill-formed number lacks its check digit. Z: no number of the simulator's is like it.
       left(original.item_no, 1) || 'Z' || digits.serial
       || CASE WHEN length(original.item_no) = 12 THEN ''
               WHEN digits.remainder = 0 THEN '5'
               WHEN digits.remainder = 1 THEN '0'
               ELSE (11 - digits.remainder)::text
          END || 'HK' AS item_no,
       digits.age_days > original.age_days AS is_older,
       make_interval(
           days => original.age_days - digits.age_days,
           mins => CASE WHEN original.has_bare_dates THEN 0 ELSE -(digits.dice % 1440) END
       ) AS shift,
       digits.call_id
FROM digits
JOIN bench.pool ON pool.days = least(digits.age_days, 60) AND pool.position = digits.dice / 1440 % pool.size
JOIN bench.original ON original.item_no = pool.item_no
ORDER BY digits.copy_no;
