-- Curves and rhythms are made again from all that was counted.
WITH curve AS (DELETE FROM hkpost.news_curve)
DELETE FROM hkpost.news_week;
