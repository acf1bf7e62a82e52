-- Numbers that cannot be item numbers: closed without asking, with the reason in words.
WITH refused AS (
    UPDATE hkpost.mail_item AS item
    SET state = 'invalid_number', closed_at = now(), close_reason = 'malformed', next_poll_at = NULL,
        api_message = CASE
            WHEN btrim(item.item_no) = '' THEN 'not asked: the item number is blank'
            ELSE 'not asked: the item number has characters outside A-Z and 0-9'
        END
    FROM (
        SELECT item_no, state FROM hkpost.mail_item WHERE is_open AND item_no !~ '^[A-Z0-9]{1,13}$'
    ) AS malformed
    WHERE item.item_no = malformed.item_no AND item.is_open
    RETURNING item.item_no, item.account, malformed.state AS from_state
), noted AS (
    INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause)
    SELECT item_no, clock_timestamp(), from_state, 'invalid_number', 'malformed' FROM refused
)
SELECT item_no, account, btrim(item_no) = '' AS is_blank FROM refused;
