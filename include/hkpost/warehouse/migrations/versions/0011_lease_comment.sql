-- What the column has always held; nothing reads a distance from it.
COMMENT ON COLUMN hkpost.account_lease.last_sent_at IS 'When the account''s last request was entered in the ledger, just before it left. The distance between two runs is kept by each run''s gate: its first request waits a whole gap.';
