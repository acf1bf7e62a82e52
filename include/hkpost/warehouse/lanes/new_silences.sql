-- The new silences, one by one.
SELECT origin, destination, service, last_event, clock, begin, until, is_news, is_closing FROM new_silence;
