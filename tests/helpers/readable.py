"""What the role `hkpost_analyst` may read: every view, and these tables."""

from hkpost.warehouse.view_writer import VIEWS

READABLE = {view.stem for view in VIEWS} | {
    "mail_item",
    "fact_tracking_event",
    "item_state_change",
    "delivery_target",
    "lane_history",
    "lane_curve",
    "lane_news",
    "news_week",
    "news_curve",
    "polling_price",
    "forecast_quality",
    "lane_risk_day",
    "item_forecast",
    "item_forecast_history",
    "queue_item",
    "queue_day",
    "setting",
    "dim_place",
    "dim_state",
    "dim_event_text",
    "dim_event_type",
    "dim_wording",
    "dim_country",
    "dim_country_alias",
    "dim_calendar",
    "dim_holiday",
}
