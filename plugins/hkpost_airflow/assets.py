"""The asset that the pipeline updates, and the way in which it does."""

from airflow.sdk import AssetAlias

FACT_TRACKING_EVENT = "hkpost://fact_tracking_event"
"""URI and name of what is updated when a load or a replay changed something, with its counts. No `Asset` is made of it
before it is needed: for the first one Airflow loads what every installed provider says of URIs."""

NEWS = AssetAlias("hkpost_news")
"""What a task names as its outlet that updates the asset at some of its ends and not at others."""
