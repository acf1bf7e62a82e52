-- Numbers that somebody inserted in lower case or with blanks around them become canonical, so that they
-- can be asked; where the canonical number is there already, the other row is closed as a duplicate. Only plain
-- letters have their upper case here: no other may become one.
WITH variant AS (
    SELECT item_no, upper(btrim(item_no)) AS canonical_no, state
    FROM hkpost.mail_item
    WHERE is_open AND item_no !~ '^[A-Z0-9]{1,13}$' AND btrim(item_no) ~ '^[A-Za-z0-9]{1,13}$'
), renamed AS (
    UPDATE hkpost.mail_item AS item
    SET item_no = variant.canonical_no
    FROM variant
    WHERE item.item_no = variant.item_no
      AND NOT EXISTS (SELECT FROM hkpost.mail_item AS known WHERE known.item_no = variant.canonical_no)
      AND variant.item_no = (
          SELECT min(same.item_no) FROM variant AS same WHERE same.canonical_no = variant.canonical_no
      )
    RETURNING variant.item_no
), cancelled AS (
    UPDATE hkpost.mail_item AS item
    SET state = 'cancelled', closed_at = now(), close_reason = 'duplicate', next_poll_at = NULL,
        api_message = 'not asked: the same number as ' || variant.canonical_no
    FROM variant
    WHERE item.item_no = variant.item_no
      AND NOT EXISTS (SELECT FROM renamed WHERE renamed.item_no = variant.item_no)
    RETURNING item.item_no, variant.state AS from_state
)
INSERT INTO hkpost.item_state_change (item_no, changed_at, from_state, to_state, cause)
SELECT item_no, clock_timestamp(), from_state, 'cancelled', 'duplicate' FROM cancelled;
