-- Ends a batch.
DROP TABLE staged_item;
