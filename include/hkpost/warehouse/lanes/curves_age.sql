-- Now, when the curves were made, and whether it is time to make them again: there are none, they are old, or they were
-- made from less than 10,000 items and a tenth as many were closed since.
SELECT now() AS now,
       made.made_at,
       made.made_at IS NULL
       OR made.made_at < now() - make_interval(
           hours => (SELECT value::integer FROM hkpost.setting WHERE name = 'lane_curve_hours'))
       OR made.items < 10000 AND 10 * (
           SELECT count(*)
           FROM hkpost.dim_state AS closed
           JOIN hkpost.mail_item AS item ON item.close_reason = closed.state AND item.closed_at > made.made_at
           WHERE NOT closed.is_open) > made.items AS is_outdated
FROM (
    SELECT max(made_at) AS made_at, max(items) FILTER (WHERE basis = 'all') AS items FROM hkpost.lane_curve
) AS made;
