"""Hooks: the service and the warehouse, as Airflow's connections describe them."""
