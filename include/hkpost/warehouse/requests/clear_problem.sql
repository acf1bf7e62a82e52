-- The account could ask again.
UPDATE hkpost.account_lease SET problem = NULL, problem_at = NULL WHERE account = :account AND problem IS NOT NULL;
