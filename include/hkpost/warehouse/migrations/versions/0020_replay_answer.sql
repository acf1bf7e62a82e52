-- A replay reads the archive once and puts here what each answer says of each item; its buckets take that out again,
-- item by item. Between replays the table is empty.
CREATE TABLE hkpost.replay_answer (
    item_no varchar(13) NOT NULL,
    received_at timestamptz NOT NULL,
    call_id bigint NOT NULL,
    loaded_at timestamptz NOT NULL,
    account text NOT NULL,
    kind text NOT NULL,
    code integer,
    message text NOT NULL,
    said text,
    is_damaged boolean NOT NULL,
    PRIMARY KEY (item_no, received_at, call_id)
);
COMMENT ON TABLE hkpost.replay_answer IS
    'What the archived answers say of each item, while a replay is under way; empty otherwise.';
COMMENT ON COLUMN hkpost.replay_answer.item_no IS 'The item that was asked about.';
COMMENT ON COLUMN hkpost.replay_answer.received_at IS 'When the answer was received.';
COMMENT ON COLUMN hkpost.replay_answer.call_id IS 'The request, as in api_call.';
COMMENT ON COLUMN hkpost.replay_answer.loaded_at IS 'When the answer was loaded.';
COMMENT ON COLUMN hkpost.replay_answer.account IS 'Who asked.';
COMMENT ON COLUMN hkpost.replay_answer.kind IS
    'What follows for the item: answered, not_found, ask_later, ask_tomorrow, not_served, unanswered.';
COMMENT ON COLUMN hkpost.replay_answer.code IS 'The item''s status code (specification, page 6), where it counts.';
COMMENT ON COLUMN hkpost.replay_answer.message IS 'The message beside the code.';
COMMENT ON COLUMN hkpost.replay_answer.said IS
    'What a good answer says, as JSON; null where it says the same as the item''s last good answer before it.';
COMMENT ON COLUMN hkpost.replay_answer.is_damaged IS 'Whether the archived bytes cannot be read.';
