"""Hongkong Post mail tracking: the pure core, free of Airflow."""
