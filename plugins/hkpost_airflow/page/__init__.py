"""The page "HKPost" in Airflow's own UI: what operations look at, read-only, behind Airflow's login."""
