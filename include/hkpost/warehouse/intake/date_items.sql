-- Items registered at an instant that no calendar of a program has (infinity, the year 12000, before 1970) count as
-- registered now; what was given is returned.
WITH undated AS (
    SELECT item_no, registered_at AS given
    FROM hkpost.mail_item
    WHERE registered_at NOT BETWEEN timestamptz '1970-01-01 00:00+00' AND timestamptz '2199-12-31 00:00+00'
), dated AS (
    UPDATE hkpost.mail_item AS item
    SET registered_at = now()
    FROM undated
    WHERE item.item_no = undated.item_no
    RETURNING item.item_no, item.account, undated.given::text
), journey AS (
    UPDATE hkpost.item_journey AS journey
    SET registered_at = now()
    FROM undated
    WHERE journey.item_no = undated.item_no
)
SELECT item_no, account, given FROM dated;
