-- Why an account could not ask at all.
INSERT INTO hkpost.account_lease (account, problem, problem_at)
VALUES (:account, :problem, now())
ON CONFLICT (account) DO UPDATE SET problem = excluded.problem, problem_at = excluded.problem_at;
