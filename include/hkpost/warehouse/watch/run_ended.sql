-- A run has come to its end; one that could not note its beginning is noted as well.
INSERT INTO hkpost.run (dag_id, run_id, started_at, ended_at, failed_tasks)
VALUES (:dag_id, :run_id, :started_at, now(), :failed_tasks)
ON CONFLICT (dag_id, run_id) DO UPDATE
SET started_at = excluded.started_at, ended_at = excluded.ended_at, failed_tasks = excluded.failed_tasks;
