-- The fingerprint of each key that ever sealed here. It opens nothing, and no key can be found by it.
CREATE TABLE countersign_key (
    key         INTEGER NOT NULL PRIMARY KEY, -- its number
    fingerprint BLOB    NOT NULL
) STRICT;
