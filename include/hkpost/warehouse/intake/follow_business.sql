-- What the business's query says of items that are known already, where it says something else than before. Rows are
-- held in the order of their numbers, as everywhere.
WITH changed AS MATERIALIZED (
    SELECT item.item_no,
           coalesce(said.destination_expected, item.destination_expected) AS destination_expected,
           coalesce(said.service_name, item.service_name) AS service_name,
           coalesce(said.promised_on, item.promised_on) AS promised_on,
           coalesce(said.pieces, item.pieces) AS pieces,
           coalesce(item.destination_iso, item.destination_country) IS NULL AS is_destination_unknown
    FROM hkpost.mail_item AS item
    JOIN (
        SELECT DISTINCT ON (item_no) *
        FROM staged_item
        ORDER BY item_no, priority DESC NULLS LAST
    ) AS said ON said.item_no = item.item_no
    WHERE said.destination_expected IS DISTINCT FROM item.destination_expected AND said.destination_expected IS NOT NULL
       OR said.service_name IS DISTINCT FROM item.service_name AND said.service_name IS NOT NULL
       OR said.promised_on IS DISTINCT FROM item.promised_on AND said.promised_on IS NOT NULL
       OR said.pieces IS DISTINCT FROM item.pieces AND said.pieces IS NOT NULL
    ORDER BY item.item_no
    FOR NO KEY UPDATE OF item
), journey AS (
    UPDATE hkpost.item_journey AS journey
    SET destination = changed.destination_expected
    FROM changed
    WHERE journey.item_no = changed.item_no AND is_destination_unknown
)
UPDATE hkpost.mail_item AS item
SET destination_expected = changed.destination_expected,
    service_name = changed.service_name,
    promised_on = changed.promised_on,
    pieces = changed.pieces
FROM changed
WHERE item.item_no = changed.item_no;
