-- The states that one item went through, the latest first.
SELECT changed_at, from_state, to_state, cause, call_id
FROM hkpost.item_state_change
WHERE item_no = :item_no
ORDER BY changed_at DESC
LIMIT 200;
