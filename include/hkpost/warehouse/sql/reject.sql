-- Something that could not be used, with the reason in words.
INSERT INTO hkpost.rejected_record (rejected_at, source, account, item_no, call_id, reason, raw_fragment)
VALUES (now(), :source, :account, :item_no, :call_id, :reason, :raw_fragment);
