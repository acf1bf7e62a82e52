-- The accounts that have ever sent a request.
SELECT account FROM hkpost.account_lease ORDER BY account;
