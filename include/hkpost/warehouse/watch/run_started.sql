-- A run has begun, or begun again; those of long ago are forgotten.
WITH forgotten AS (
    DELETE FROM hkpost.run
    WHERE started_at < now() - (
        SELECT make_interval(days => value::integer) FROM hkpost.setting WHERE name = 'ledger_days'
    )
)
INSERT INTO hkpost.run (dag_id, run_id, started_at)
VALUES (:dag_id, :run_id, :started_at)
ON CONFLICT (dag_id, run_id) DO UPDATE
SET started_at = excluded.started_at, ended_at = NULL, failed_tasks = NULL;
