-- What a replay has beside the tables of a load.
CREATE TEMP TABLE replayed_state (LIKE hkpost.item_state_change) ON COMMIT DROP;
ALTER TABLE replayed_state ALTER COLUMN changed_at DROP NOT NULL;
CREATE TEMP TABLE replayed_reject (
    source text, account text, item_no text, call_id bigint, reason text, raw_fragment text
) ON COMMIT DROP;
