-- One row an order of the business: its pieces, how it stands, and since when it is complete.
SELECT
    source_ref AS order_ref,
    pieces,
    items_delivered,
    items_open,
    items_not_delivered,
    worst_state,
    next_promise_on,
    registered_at,
    CASE WHEN is_complete THEN last_delivered_at END AS complete_at
FROM {{ source('hkpost', 'order_status') }}
