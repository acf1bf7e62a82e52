"""Airflow side of the Hongkong Post tracking pipeline."""
