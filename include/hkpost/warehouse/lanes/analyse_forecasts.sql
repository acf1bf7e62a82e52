-- So that the planner knows how many wait, and how many of them say when to ask again.
ANALYZE made_forecast;
