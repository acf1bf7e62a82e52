"""System tests as Airflow's providers have them: DAGs for `airflow dags test`, run by `make compat`."""
