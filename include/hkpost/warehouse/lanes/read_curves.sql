-- All curves.
SELECT basis, origin, destination, service, stage, waited_days, items, day, at_risk, delivered, ended, censored,
       share_delivered, share_ended
FROM hkpost.lane_curve;
