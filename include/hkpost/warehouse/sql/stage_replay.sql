-- What a replay has beside the tables of a load.
CREATE TEMP TABLE replayed_state (LIKE hkpost.item_state_change) ON COMMIT DROP;
ALTER TABLE replayed_state ALTER COLUMN changed_at DROP NOT NULL;
