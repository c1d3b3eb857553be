-- One account's events, newest first, however much happens to others. `number` is in it as part of the
-- primary key. Events of nobody, such as a new policy, are not.
CREATE INDEX countersign_event_account ON countersign_event (tenant, account, number)
WHERE account IS NOT NULL;
