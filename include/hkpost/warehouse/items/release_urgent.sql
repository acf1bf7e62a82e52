-- A run ends what it asked at once and what has no answer: the items go back to their usual turn, open ones as due.
WITH given_up AS (
    DELETE FROM hkpost.wanted_item WHERE run_id = :run_id RETURNING item_no
)
UPDATE hkpost.mail_item AS item
SET next_poll_at = least(next_poll_at, now())
FROM given_up
WHERE item.item_no = given_up.item_no AND item.is_open AND item.pending_call_id IS NULL;
