-- What the archive says of some items, taken out: done with when the transaction is.
DELETE FROM hkpost.replay_answer
WHERE item_no = ANY(CAST(:item_nos AS varchar[]))
RETURNING item_no, received_at, call_id, loaded_at, account, kind, code, message, said, is_damaged;
