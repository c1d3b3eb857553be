-- One account's events, newest first, however much happens to others. `number` is in it as part of the
-- primary key. Events of nobody, such as a new policy, are not.
CREATE INDEX countersign_event_account ON countersign_event (tenant, account, number)
WHERE account IS NOT NULL;

-- A tenant's own mail texts, which no login reads. Those that the first schema kept inside the tenant's
-- document are carried over when this is run.
CREATE TABLE countersign_texts (
    tenant   BLOB NOT NULL PRIMARY KEY,
    document BLOB NOT NULL -- bound to tenant and texts_version
) STRICT;

-- The version of the tenant under which its mail texts were written; NULL if it has none.
ALTER TABLE countersign_tenant ADD COLUMN texts_version INTEGER;
