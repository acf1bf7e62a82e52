-- claim_items reads as many due items as it takes, and sorts none: a million newly registered ones all have the
-- same (null) next_poll_at, so the item number is part of the order.

DROP INDEX hkpost.mail_item_due;
CREATE INDEX mail_item_due ON hkpost.mail_item (account, priority DESC, next_poll_at NULLS FIRST, item_no)
    WHERE is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL);
