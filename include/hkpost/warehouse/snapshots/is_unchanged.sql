-- Whether the last counts stand: they are young, nothing was asked since, and nothing is due. What was asked shortly
-- before a count may have been loaded after it.
SELECT counted.at > now() - interval '30 minutes'
       AND NOT EXISTS (
           SELECT FROM hkpost.account_lease
           WHERE last_sent_at > counted.at - (
               SELECT make_interval(mins => value::integer) FROM hkpost.setting WHERE name = 'max_run_minutes'))
       AND NOT EXISTS (
           SELECT FROM hkpost.mail_item
           WHERE (is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL))
             AND (next_poll_at IS NULL OR next_poll_at <= now()))
FROM (SELECT max(taken_at) AS at FROM hkpost.freshness_snapshot) AS counted;
