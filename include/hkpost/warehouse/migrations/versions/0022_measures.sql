-- What the measures need of an item: its stays in customs, until when it was followed, what the business promised.

-- What the business knows before Hongkong Post speaks; all of it may be missing.
ALTER TABLE hkpost.mail_item
    ADD COLUMN destination_expected text,
    ADD COLUMN service_name text,
    ADD COLUMN promised_on date,
    ADD COLUMN pieces integer CONSTRAINT mail_item_pieces_check CHECK (pieces > 0);
COMMENT ON COLUMN hkpost.mail_item.destination_expected IS 'Country that the business sends it to, ISO 3166 alpha-2: it is the item''s destination until the service names one. Null when the business does not say.';
COMMENT ON COLUMN hkpost.mail_item.service_name IS 'What the business calls the service that it chose; null when it does not say.';
COMMENT ON COLUMN hkpost.mail_item.promised_on IS 'Day by which the business promised the delivery, at the destination; null when it promised none: delivery_target may.';
COMMENT ON COLUMN hkpost.mail_item.pieces IS 'How many pieces its order has, as the business says; null when it does not say.';

-- A journey that is not known is null here, as in mail_item; names that looked alike look apart.
ALTER TABLE hkpost.item_journey
    ALTER COLUMN origin DROP NOT NULL,
    ALTER COLUMN destination DROP NOT NULL,
    ALTER COLUMN service DROP NOT NULL,
    ALTER COLUMN posted_on DROP NOT NULL,
    DROP COLUMN customs_in_at,
    DROP COLUMN customs_out_at,
    ADD COLUMN answered_on date,
    ADD COLUMN customs_entered_at timestamptz[],
    ADD COLUMN customs_released_at timestamptz[],
    ADD COLUMN unclassified_events smallint NOT NULL DEFAULT 0;
ALTER TABLE hkpost.item_journey RENAME COLUMN posting_at TO posting_stage_at;
ALTER TABLE hkpost.item_journey RENAME COLUMN delivery_at TO delivery_stage_at;
COMMENT ON COLUMN hkpost.item_journey.origin IS 'Country of origin: ISO 3166 alpha-2, or the code as received; null when unknown.';
COMMENT ON COLUMN hkpost.item_journey.destination IS 'Country of destination: ISO 3166 alpha-2, or the code as received, or what the business expects (mail_item.destination_expected); null when unknown.';
COMMENT ON COLUMN hkpost.item_journey.service IS 'First letter of the item number, the kind of service after UPU S10: E express, R registered, C parcel, L tracked letter …; null when the number is not of that form.';
COMMENT ON COLUMN hkpost.item_journey.posted_at IS 'Instant of posting (the posting clock is Hong Kong''s); of the first event but pre-advice and planned departure where the posting is not known; null when neither is.';
COMMENT ON COLUMN hkpost.item_journey.posted_on IS 'Day in Hong Kong of posted_at; null when that is.';
COMMENT ON COLUMN hkpost.item_journey.week_start IS 'Monday of posted_on; of the registration while an item is not posted. Filter on it: it makes a query quick.';
COMMENT ON COLUMN hkpost.item_journey.posting_stage_at IS 'First event of the stage posting: pre-advice or posting. When it was posted is posted_at.';
COMMENT ON COLUMN hkpost.item_journey.delivery_stage_at IS 'First event of the stage delivery: at the delivery office, as a rule. When it was delivered is delivered_at.';
COMMENT ON COLUMN hkpost.item_journey.delivered_on IS 'Day of the latest delivery (EMI) by the clock of the place; null when none is told. It counts when state is delivered.';
COMMENT ON COLUMN hkpost.item_journey.answered_on IS 'Day in Hong Kong of the last good answer (mail_item.last_answered_at): until then it is known what became of the item.';
COMMENT ON COLUMN hkpost.item_journey.customs_entered_at IS 'When it came into customs (EXA, EXB, EDB, EME), stay by stay; null when only the release was told. customs_stay has a row for each.';
COMMENT ON COLUMN hkpost.item_journey.customs_released_at IS 'When customs released it (EXC, EDC), for each of these stays; null when that was not told.';
COMMENT ON COLUMN hkpost.item_journey.unclassified_events IS 'Events without a meaning yet, on the day of the latest event with one or after it: any of them may be the delivery.';

-- How few values a lane and week have, which tells the planner that they can be counted in memory.
DROP STATISTICS hkpost.item_journey_lead;
CREATE STATISTICS hkpost.item_journey_lead (ndistinct)
    ON origin, destination, service, week_start, (delivered_on - posted_on)
    FROM hkpost.item_journey;

-- What is usual on a lane: of all of its items, not of the delivered ones alone.
DELETE FROM hkpost.lane_history;
ALTER TABLE hkpost.lane_history DROP COLUMN median_days, DROP COLUMN p90_days;
ALTER TABLE hkpost.lane_history
    ADD COLUMN p50_days integer,
    ADD COLUMN p90_days integer,
    ADD COLUMN p95_days integer,
    ADD COLUMN reports boolean;
COMMENT ON TABLE hkpost.lane_history IS 'What is usual on each lane, from the items posted within lane_history_days; computed at the end of a run, unless it asked and closed nothing and the last ones are under half an hour old. stuck_item measures against it.';
COMMENT ON COLUMN hkpost.lane_history.origin IS 'Country of origin as in item_journey; lanes of an unknown country have no row.';
COMMENT ON COLUMN hkpost.lane_history.service IS 'Kind of service as in item_journey; empty where that is null.';
COMMENT ON COLUMN hkpost.lane_history.delivered_items IS 'Items of the lane that were delivered.';
COMMENT ON COLUMN hkpost.lane_history.p50_days IS 'Calendar days within which half of its items are delivered, open ones taken into account (docs/measures.md); null when not known.';
COMMENT ON COLUMN hkpost.lane_history.p90_days IS 'The same for nine of ten.';
COMMENT ON COLUMN hkpost.lane_history.p95_days IS 'The same for nineteen of twenty.';
COMMENT ON COLUMN hkpost.lane_history.reports IS 'Whether the lane is heard of after the departure: false where less than lane_reports_percent of the items that left were; null where fewer than stuck_lane_items left.';
