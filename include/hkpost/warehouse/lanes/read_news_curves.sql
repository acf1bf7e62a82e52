-- All curves of the next event.
SELECT basis, origin, destination, service, last_event, items, hazard, closing FROM hkpost.news_curve;
