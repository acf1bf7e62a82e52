-- What is older than the settings archive_days, ledger_days, forecast_days and rejected_days.
SELECT hkpost.drop_aged_partitions();
