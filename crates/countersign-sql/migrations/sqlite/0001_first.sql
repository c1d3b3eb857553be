-- The first schema. Ids are kept as bytes and compared as bytes. Times are milliseconds since 1970.
-- Columns marked (people) are written for those who query, and never read back by a decision.

CREATE TABLE countersign_tenant (
    tenant     BLOB    NOT NULL PRIMARY KEY,
    version    INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    name       TEXT    NOT NULL, -- (people)
    required   TEXT    NOT NULL, -- (people) none, email or app
    document   BLOB    NOT NULL  -- everything, bound to tenant and version
) STRICT;

-- What each login changes, and what people query. Narrow on purpose.
CREATE TABLE countersign_account (
    tenant           BLOB    NOT NULL,
    user             BLOB    NOT NULL,
    version          INTEGER NOT NULL,
    written_at       INTEGER NOT NULL,
    last_step        INTEGER,
    failures         INTEGER NOT NULL, -- (people)
    locked_until     INTEGER,
    second_step_at   INTEGER,
    pending          BLOB    NOT NULL, -- misses, live e-mail challenges, spent ids, the last attempt
    document_version INTEGER NOT NULL, -- the version under which the document was written
    facts            BLOB    NOT NULL, -- what reports group by
    address          TEXT,             -- (people)
    roles            TEXT    NOT NULL, -- (people) one on each line
    rule             TEXT    NOT NULL, -- (people) none, email or app
    methods          TEXT    NOT NULL, -- (people) usable now: email, app, both or nothing
    PRIMARY KEY (tenant, user)
) STRICT;

-- Authenticators and all that seldom changes; bound to tenant, user and document_version.
CREATE TABLE countersign_document (
    tenant   BLOB NOT NULL,
    user     BLOB NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (tenant, user)
) STRICT;

-- The activity log: appended, never changed. Numbers rise within a tenant.
CREATE TABLE countersign_event (
    tenant  BLOB    NOT NULL,
    number  INTEGER NOT NULL,
    id      BLOB    NOT NULL,
    account BLOB,             -- a pseudonym
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL, -- (people)
    detail  BLOB    NOT NULL, -- who did it, and all that is known of it
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

-- Letters that wait to be sent. They hold no code, no link and no text.
CREATE TABLE countersign_letter (
    number   INTEGER PRIMARY KEY,
    id       BLOB    NOT NULL UNIQUE,
    tenant   BLOB    NOT NULL,
    user     BLOB    NOT NULL,
    due      INTEGER NOT NULL, -- may be claimed from then on
    attempts INTEGER NOT NULL,
    lease    INTEGER NOT NULL, -- names the last claim
    body     BLOB    NOT NULL
) STRICT;

CREATE INDEX countersign_letter_due ON countersign_letter (due);
