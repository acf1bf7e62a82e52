-- New item numbers out of the staged rows of the business's query; a known number is left as it is.
INSERT INTO hkpost.mail_item
    (item_no, account, source_ref, registered_at, priority, destination_expected, service_name, promised_on, pieces)
SELECT DISTINCT ON (item_no)
       item_no,
       account,
       source_ref,
       coalesce(registered_at, now()),
       coalesce(priority, 0),
       destination_expected,
       service_name,
       promised_on,
       pieces
FROM staged_item
ORDER BY item_no, priority DESC NULLS LAST
ON CONFLICT (item_no) DO NOTHING;
