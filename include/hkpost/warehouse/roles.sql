-- Who may do what in the schema hkpost, beside its owner, who migrates; run again when it differs. Give a role to a login:
--   GRANT hkpost_analyst TO somebody;   GRANT hkpost_loader TO pipeline;
-- hkpost_analyst reads the views, the fact, the dimensions, mail_item, what states it had, the targets, what is usual
-- on a lane, the forecasts, the queues and the settings, and nothing else.
-- hkpost_loader is what the runs need: it reads everything, writes what requests and answers bring, deletes
-- nothing but what a run made for itself (wanted_item, lane_history, lane_curve, lane_news, news_week, news_curve,
-- forecast_quality, lane_risk_day, item_forecast, queue_item, replay_answer, run), and can redefine nothing (docs/roles.md).
-- Privileges go through the partitioned tables: a partition has none of its own, now or later, but for the
-- default ones, which the loader may read.

DO $$
DECLARE
    role_name text;
    missing text[] := '{}';
BEGIN
    FOREACH role_name IN ARRAY ARRAY['hkpost_analyst', 'hkpost_loader'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of the same server was migrated at the same time
            WHEN insufficient_privilege THEN
                missing := missing || role_name;
        END;
    END LOOP;
    IF missing <> '{}' THEN
        RAISE WARNING 'missing roles, which % may not create: %. Let an administrator run "%"; the next migration gives them their privileges',
            current_user, array_to_string(missing, ', '),
            (SELECT string_agg(format('CREATE ROLE %I NOLOGIN;', name), ' ') FROM unnest(missing) AS name);
    END IF;
END
$$;

REVOKE ALL ON SCHEMA hkpost FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA hkpost FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA hkpost FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hkpost FROM PUBLIC;
-- Whoever may write an item has its is_open computed: by these two, which read nothing.
GRANT EXECUTE ON FUNCTION hkpost.open_states(), hkpost.closed_states() TO PUBLIC;

DO $$
DECLARE
    role text;
    thing record;
BEGIN
    FOR role IN SELECT rolname FROM pg_roles WHERE rolname IN ('hkpost_analyst', 'hkpost_loader') LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA hkpost FROM %I', role);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA hkpost FROM %I', role);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA hkpost FROM %I', role);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hkpost FROM %I', role);
        EXECUTE format('GRANT USAGE ON SCHEMA hkpost TO %I', role);
        -- Every view, every table but the partitions; for the analyst, the tables meant for reading.
        FOR thing IN
            SELECT oid::regclass AS name
              FROM pg_class
             WHERE relnamespace = 'hkpost'::regnamespace AND relkind IN ('v', 'r', 'p')
               AND CASE
                   -- The loader looks into the default partitions for rows that need one of their own.
                   WHEN relispartition THEN role = 'hkpost_loader' AND relname LIKE '%\_default'
                   ELSE role = 'hkpost_loader' OR relkind = 'v' OR relname LIKE 'dim\_%'
                        OR relname IN ('mail_item', 'fact_tracking_event', 'item_state_change', 'delivery_target',
                                       'lane_history', 'lane_curve', 'queue_item', 'queue_day', 'lane_news', 'news_week',
                                       'news_curve', 'polling_price', 'forecast_quality',
                                       'lane_risk_day',
                                       'item_forecast', 'item_forecast_history', 'setting')
               END
        LOOP
            EXECUTE format('GRANT SELECT ON %s TO %I', thing.name, role);
        END LOOP;
        -- Every function that only reads.
        FOR thing IN
            SELECT oid::regprocedure AS name
              FROM pg_proc
             WHERE pronamespace = 'hkpost'::regnamespace AND provolatile IN ('i', 's') AND NOT prosecdef
        LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', thing.name, role);
        END LOOP;
    END LOOP;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hkpost_loader') THEN
        GRANT INSERT, UPDATE ON
            hkpost.mail_item, hkpost.fact_tracking_event, hkpost.item_journey, hkpost.api_call, hkpost.account_lease,
            hkpost.alert, hkpost.chart_series, hkpost.run, hkpost.item_forecast, hkpost.queue_item, hkpost.queue_day
            TO hkpost_loader;
        GRANT INSERT ON
            hkpost.item_state_change, hkpost.tracking_event_change, hkpost.raw_response, hkpost.rejected_record,
            hkpost.dim_place, hkpost.dim_event_text, hkpost.dim_wording,
            hkpost.backlog_snapshot, hkpost.freshness_snapshot, hkpost.item_forecast_history
            TO hkpost_loader;
        -- An archived answer is never rewritten: only that it was loaded is noted.
        GRANT UPDATE (loaded_at) ON hkpost.raw_response TO hkpost_loader;
        -- What was rejected stays as it was: only that it was met again is noted.
        GRANT UPDATE (times, last_at, call_id) ON hkpost.rejected_record TO hkpost_loader;
        GRANT INSERT, UPDATE, DELETE ON hkpost.wanted_item TO hkpost_loader;
        GRANT INSERT, DELETE ON
            hkpost.lane_history, hkpost.lane_curve, hkpost.news_week, hkpost.news_curve,
            hkpost.forecast_quality, hkpost.replay_answer
            TO hkpost_loader;
        GRANT INSERT, UPDATE, DELETE ON hkpost.lane_news, hkpost.lane_risk_day TO hkpost_loader;
        GRANT INSERT ON hkpost.polling_price TO hkpost_loader;
        GRANT DELETE ON hkpost.run, hkpost.item_forecast, hkpost.queue_item TO hkpost_loader;
        GRANT USAGE ON SEQUENCE hkpost.api_call_id_seq TO hkpost_loader;
        -- These two act with their owner's rights, and do nothing but what their names say.
        GRANT EXECUTE ON FUNCTION
            hkpost.ensure_partition(text, text, text, text), hkpost.drop_aged_partitions()
            TO hkpost_loader;
    END IF;
END
$$;
