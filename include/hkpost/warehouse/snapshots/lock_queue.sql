-- One run at a time; others read on.
LOCK TABLE hkpost.queue_item IN SHARE ROW EXCLUSIVE MODE;
