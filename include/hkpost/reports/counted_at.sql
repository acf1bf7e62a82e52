-- When a run last counted what the page shows; null before the first.
SELECT max(taken_at) AS counted_at FROM hkpost.freshness_snapshot;
