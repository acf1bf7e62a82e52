-- hkpost_analyst: reads the views, the fact, the dimensions and mail_item, and nothing else.
-- Give it to a person: GRANT hkpost_analyst TO somebody;
-- Privileges go through the partitioned tables: a partition has none of its own, now or later.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hkpost_analyst') THEN
        CREATE ROLE hkpost_analyst NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;  -- another database of the same server was migrated at the same time
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the role hkpost_analyst is missing and % may not create it: let an administrator run "CREATE ROLE hkpost_analyst NOLOGIN;", then migrate again', current_user;
END
$$;

REVOKE ALL ON SCHEMA hkpost FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA hkpost FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA hkpost FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hkpost FROM PUBLIC;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hkpost_analyst') THEN
        RETURN;
    END IF;
    REVOKE ALL ON SCHEMA hkpost FROM hkpost_analyst;
    REVOKE ALL ON ALL TABLES IN SCHEMA hkpost FROM hkpost_analyst;
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA hkpost FROM hkpost_analyst;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hkpost FROM hkpost_analyst;

    GRANT USAGE ON SCHEMA hkpost TO hkpost_analyst;
    GRANT SELECT ON
        hkpost.tracking_event, hkpost.tracking_event_absence, hkpost.item_status, hkpost.delivery_performance, hkpost.stuck_item,
        hkpost.milestone_funnel, hkpost.api_quota_day, hkpost.unclassified_wording,
        hkpost.first_scan, hkpost.first_attempt, hkpost.customs_dwell, hkpost.on_time, hkpost.volume_day,
        hkpost.data_freshness,
        hkpost.mail_item, hkpost.fact_tracking_event, hkpost.item_journey, hkpost.delivery_target,
        hkpost.dim_place, hkpost.dim_event_text, hkpost.dim_event_type, hkpost.dim_wording,
        hkpost.dim_country, hkpost.dim_country_alias
        TO hkpost_analyst;
    GRANT EXECUTE ON FUNCTION
        hkpost.fill_template(text, text[]), hkpost.fill_placeholders(text, text[]),
        hkpost.tracking_event_as_of(timestamptz)
        TO hkpost_analyst;
END
$$;
