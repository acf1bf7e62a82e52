-- What became of the items of a destination, by week of posting.
SELECT
    coalesce(destination, 'unknown') AS destination,
    week_start,
    sum(items_posted)::bigint AS items_posted,
    sum(items_delivered)::bigint AS items_delivered,
    sum(items_open)::bigint AS items_open,
    sum(items_not_delivered)::bigint AS items_not_delivered,
    bool_and(is_mature) AS is_mature
FROM {{ source('hkpost', 'delivery_performance') }}
GROUP BY 1, 2
