-- Lanes that are not heard of after the departure.
SELECT origin, destination, service FROM hkpost.lane_history WHERE NOT reports;
