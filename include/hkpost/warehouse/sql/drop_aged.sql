-- What is older than the settings archive_days and ledger_days.
SELECT hkpost.drop_aged_partitions();
