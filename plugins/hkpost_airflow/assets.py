"""The assets that the pipeline updates."""

from airflow.sdk import Asset

FACT_TRACKING_EVENT = Asset(name="hkpost_fact_tracking_event", uri="hkpost://fact_tracking_event")
"""Updated after each run, with the counts of its load."""
