-- Items that a person wants an answer about at once, and the new words of the ledger and the rejects.

CREATE TABLE hkpost.wanted_item (
    item_no   varchar(13) NOT NULL,
    run_id    text        NOT NULL,
    wanted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (item_no, run_id)
);
COMMENT ON TABLE hkpost.wanted_item IS 'Items that a person wants an answer about at once (hkpost_track_now): they go before all others, closed ones too, until they are answered or the run gives them up. Usually empty.';
COMMENT ON COLUMN hkpost.wanted_item.item_no IS 'Item number: mail_item.';
COMMENT ON COLUMN hkpost.wanted_item.run_id IS 'Airflow run that wants the answer.';
COMMENT ON COLUMN hkpost.wanted_item.wanted_at IS 'Since when.';

ALTER TABLE hkpost.rejected_record DROP CONSTRAINT rejected_record_source_check;
ALTER TABLE hkpost.rejected_record ADD CONSTRAINT rejected_record_source_check
    CHECK (source IN ('open_items', 'track_now', 'fetch', 'load'));
COMMENT ON COLUMN hkpost.rejected_record.source IS 'Where it came in: open_items, track_now, fetch or load.';

ALTER TABLE hkpost.api_call DROP CONSTRAINT api_call_outcome_check;
ALTER TABLE hkpost.api_call ADD CONSTRAINT api_call_outcome_check CHECK (outcome IN (
    'in_flight', 'answered', 'tested', 'bisected', 'rate_limited', 'credential_refused', 'request_refused',
    'quota_exhausted', 'too_many_items', 'invalid_input', 'unavailable', 'timeout', 'interrupted',
    'unreachable', 'not_xml', 'incomplete', 'soap_fault', 'http_refused', 'too_large',
    'unknown_status', 'lost'));
COMMENT ON COLUMN hkpost.api_call.outcome IS 'What came of it, in one word. unreachable never reached the service and does not count to the quota; tested is an answer to the connection''s Test button, which is not kept.';
