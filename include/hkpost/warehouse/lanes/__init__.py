"""What lanes teach, as it is counted and kept: lane_curve, item_forecast and its history."""
