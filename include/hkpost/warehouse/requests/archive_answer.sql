-- The answer's bytes, in the transaction of its ledger row; one with nothing to load counts as loaded.
INSERT INTO hkpost.raw_response
    (call_id, received_at, account, lang, body, body_size, content_type, credential_blanked, loaded_at)
VALUES
    (:call_id, now(), :account, :lang, :body, :body_size, :content_type, :credential_blanked,
     CASE WHEN :to_load THEN NULL ELSE now() END);
