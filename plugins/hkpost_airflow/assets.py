"""The asset that the pipeline updates, and the way in which it does."""

from airflow.sdk import Asset, AssetAlias

FACT_TRACKING_EVENT = Asset("hkpost://fact_tracking_event")
"""Updated when a load or a replay changed something, with its counts. Its name is its URI."""

NEWS = AssetAlias("hkpost_news")
"""What a task names as its outlet that updates the asset at some of its ends and not at others."""
