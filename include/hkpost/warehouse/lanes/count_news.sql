-- At which hours of the week the events came that ended the new silences.
SELECT clock, last_event, (floor(until)::bigint % 168)::integer AS hour, count(*) AS news
FROM new_silence
WHERE is_news
GROUP BY 1, 2, 3;
