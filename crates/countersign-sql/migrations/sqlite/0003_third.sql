-- Which letters go first, and where they go: a claim passes over domains and tenants whose places are
-- taken. What an older release queues counts as a code, to no domain that is ever passed over.
ALTER TABLE countersign_letter ADD COLUMN lane INTEGER NOT NULL DEFAULT 0; -- 0 codes, 1 notices, 2 the others
ALTER TABLE countersign_letter ADD COLUMN domain TEXT NOT NULL DEFAULT '';

-- In the order of claims, with all that a claim looks at before it takes a letter.
CREATE INDEX countersign_letter_lane ON countersign_letter (lane, due, number, tenant, domain);
