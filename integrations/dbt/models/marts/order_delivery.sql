-- One row an order of the business: its pieces, and whether all of them are there.
SELECT
    source_ref AS order_ref,
    count(*) AS pieces,
    count(*) FILTER (WHERE state = 'delivered') AS pieces_delivered,
    count(*) FILTER (WHERE is_open) AS pieces_open,
    min(registered_at) AS registered_at,
    CASE WHEN count(*) = count(*) FILTER (WHERE state = 'delivered') THEN max(delivered_at) END AS complete_at
FROM {{ source('hkpost', 'mail_item') }}
WHERE source_ref IS NOT NULL
GROUP BY source_ref
