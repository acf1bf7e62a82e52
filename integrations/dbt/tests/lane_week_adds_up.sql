-- Weeks whose parts are not the whole: none.
SELECT *
FROM {{ ref('lane_week') }}
WHERE items_posted <> items_delivered + items_open + items_not_delivered
