-- One at a time makes curves and forecasts; until it ends, others read the old rows.
LOCK TABLE hkpost.lane_curve, hkpost.item_forecast IN SHARE ROW EXCLUSIVE MODE;
