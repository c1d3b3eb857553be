-- Previews count users by their facts: this index holds them together, and no account is read. No login
-- changes facts, so no login writes here.
CREATE INDEX countersign_account_facts ON countersign_account (tenant, facts);
