-- The first schema. Ids are kept as bytes, so no collation and no encoding of the database has a say in
-- which of them are equal. Times are milliseconds since 1970.
-- Columns marked (people) are written for those who query, and never read back by a decision.
-- To run this by hand, set search_path to the schema of the tables first.

CREATE TABLE countersign_tenant (
    tenant_id     bytea  NOT NULL PRIMARY KEY,
    version       bigint NOT NULL,
    written_at    bigint NOT NULL,
    name          text   NOT NULL, -- (people)
    required      text   NOT NULL, -- (people) none, email or app
    document      bytea  NOT NULL, -- everything, bound to tenant and version
    texts_version bigint           -- the version under which its mail texts were written, if it has any
);

-- What each login changes, and what people query. Narrow on purpose, and with room on each page, so that
-- a login moves no row to another page and touches no index.
CREATE TABLE countersign_account (
    tenant_id        bytea  NOT NULL,
    user_id          bytea  NOT NULL,
    version          bigint NOT NULL,
    written_at       bigint NOT NULL,
    last_step        bigint,
    failures         bigint NOT NULL, -- (people)
    locked_until     bigint,
    second_step_at   bigint,
    document_version bigint NOT NULL, -- the version under which the document was written
    pending          bytea  NOT NULL, -- misses, live e-mail challenges, spent ids, the last attempt
    facts            bytea  NOT NULL, -- what reports group by
    address          text,            -- (people)
    roles            text   NOT NULL, -- (people) one on each line
    rule             text   NOT NULL, -- (people) none, email or app
    methods          text   NOT NULL, -- (people) usable now: email, app, both or nothing
    PRIMARY KEY (tenant_id, user_id)
) WITH (fillfactor = 80);

-- Counting reads this and no account.
CREATE INDEX countersign_account_facts ON countersign_account (tenant_id, facts);

-- Authenticators and all that seldom changes; bound to tenant, user and document_version.
CREATE TABLE countersign_document (
    tenant_id bytea NOT NULL,
    user_id   bytea NOT NULL,
    document  bytea NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);

-- A tenant's own mail texts, which no login reads.
CREATE TABLE countersign_texts (
    tenant_id bytea NOT NULL PRIMARY KEY,
    document  bytea NOT NULL -- bound to tenant and texts_version
);

-- The activity log: appended, never changed. Numbers rise.
CREATE TABLE countersign_event (
    tenant_id bytea  NOT NULL,
    number    bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at        bigint NOT NULL,
    id        bytea  NOT NULL,
    account   bytea,           -- a pseudonym
    kind      text   NOT NULL, -- (people)
    detail    bytea  NOT NULL, -- who did it, and all that is known of it
    PRIMARY KEY (tenant_id, number)
);

-- One account's events, newest first, however much happens to others. A pseudonym is one account's of
-- one tenant. Events of nobody, such as a new policy, are not in it.
CREATE INDEX countersign_event_account ON countersign_event (account, number)
WHERE account IS NOT NULL;

-- Letters that wait to be sent. They hold no code, no link and no text.
CREATE TABLE countersign_letter (
    number    bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    due       bigint NOT NULL, -- may be claimed from then on
    attempts  bigint NOT NULL,
    lease     bigint NOT NULL, -- names the last claim
    lane      bigint NOT NULL, -- 0 codes, 1 notices, 2 the others
    id        bytea  NOT NULL UNIQUE,
    tenant_id bytea  NOT NULL,
    user_id   bytea  NOT NULL,
    domain    text   NOT NULL, -- where it goes: a claim passes over domains whose places are taken
    body      bytea  NOT NULL
);

-- In the order of claims.
CREATE INDEX countersign_letter_due ON countersign_letter (due, number);
CREATE INDEX countersign_letter_lane ON countersign_letter (lane, due, number);

-- The fingerprint of each key that ever sealed here. It opens nothing, and no key can be found by it.
CREATE TABLE countersign_key (
    key         bigint NOT NULL PRIMARY KEY, -- its number
    fingerprint bytea  NOT NULL
);
