-- How long items stayed in each state, by the changes that were seen here. A state that lasts is not in it.
WITH stay AS (
    SELECT
        to_state AS state,
        changed_at,
        lead(changed_at) OVER (PARTITION BY item_no ORDER BY changed_at) AS left_at
    FROM {{ source('hkpost', 'item_state_change') }}
)

SELECT
    stay.state,
    dim_state.name_e AS name,
    count(*) AS stays,
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - changed_at)) / 3600)::numeric, 2)
        AS median_hours
FROM stay
INNER JOIN {{ source('hkpost', 'dim_state') }} AS dim_state ON dim_state.state = stay.state
WHERE left_at IS NOT NULL
GROUP BY stay.state, dim_state.name_e
