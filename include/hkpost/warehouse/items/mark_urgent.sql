-- Items become urgent for a run: new ones are registered with the account; one whose answer is archived and
-- waits to be loaded needs no request. One row an item, as it was before.
WITH known AS (
    SELECT item_no, account, state, is_open, closed_at, pending_call_id
    FROM hkpost.mail_item
    WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
), registered AS (
    INSERT INTO hkpost.mail_item (item_no, account)
    SELECT item_no, :account
    FROM unnest(CAST(:item_nos AS varchar[])) AS pasted (item_no)
    WHERE item_no NOT IN (SELECT item_no FROM known)
    ON CONFLICT (item_no) DO NOTHING
    RETURNING item_no, account
), marked AS (
    INSERT INTO hkpost.wanted_item (item_no, run_id)
    SELECT item_no, :run_id FROM registered
    UNION ALL
    SELECT item_no, :run_id FROM known WHERE pending_call_id IS NULL
    ON CONFLICT DO NOTHING
)
SELECT item_no, account, state, is_open, closed_at, pending_call_id IS NOT NULL AS is_answered, false AS is_new
FROM known
UNION ALL
SELECT item_no, account, 'registered', true, NULL, false, true
FROM registered
ORDER BY item_no;
