"""Notifiers: what a person must act on reaches them by Airflow's own providers."""
