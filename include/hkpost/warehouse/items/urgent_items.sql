-- The urgent items of a run that have no answer yet, with the accounts that ask for them.
SELECT item_no, account
FROM hkpost.wanted_item
JOIN hkpost.mail_item USING (item_no)
WHERE run_id = :run_id
ORDER BY item_no;
