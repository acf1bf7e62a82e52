-- How promises were kept, by destination and week of posting.
SELECT
    coalesce(destination, 'unknown') AS destination,
    date_trunc('week', posted_on)::date AS week_start,
    status,
    count(*) AS items
FROM {{ source('hkpost', 'item_promise') }}
WHERE posted_on IS NOT NULL
GROUP BY 1, 2, 3
