-- Which items must not be asked any more? (A delivered one is asked once more to confirm: next_poll_at says when.)
SELECT item_no FROM hkpost.mail_item WHERE NOT is_open AND (next_poll_at IS NULL OR next_poll_at > now());
