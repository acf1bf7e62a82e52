-- Ends a rebuild, which leaves out the items that are no longer in mail_item.
DROP VIEW journey_event, journey_item;
DELETE FROM hkpost.item_journey AS journey
WHERE NOT EXISTS (SELECT FROM hkpost.mail_item AS item WHERE item.item_no = journey.item_no);
