-- The curves are made from all that is known each time.
DELETE FROM hkpost.lane_curve;
