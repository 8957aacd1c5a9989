-- Accounts, what is kept for them, and the tokens of callers.
-- The same text for both databases: a PostgreSQL gets BYTEA where it says BLOB. Times are Unix milliseconds.

CREATE TABLE accounts (
    id               TEXT   NOT NULL PRIMARY KEY,
    tenant           TEXT   NOT NULL,
    provider         TEXT   NOT NULL,
    label            TEXT   NOT NULL,
    auth             TEXT,
    state            TEXT   NOT NULL,
    state_reason     TEXT,
    variables        TEXT   NOT NULL,
    overlay          TEXT,
    base             TEXT,
    revision         BIGINT NOT NULL,
    secrets_revision BIGINT NOT NULL,
    created          BIGINT NOT NULL,
    updated          BIGINT NOT NULL,
    key_id           TEXT   NOT NULL,
    nonce            BLOB   NOT NULL,
    sealed           BLOB   NOT NULL
);
CREATE INDEX accounts_of_tenant ON accounts (tenant, id);

-- Access and refresh tokens that change by themselves. They belong to the account's secrets of one revision.
CREATE TABLE renewed (
    account          TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    secrets_revision BIGINT NOT NULL,
    updated          BIGINT NOT NULL,
    key_id           TEXT   NOT NULL,
    nonce            BLOB   NOT NULL,
    sealed           BLOB   NOT NULL
);

-- Who may do what alone, and until when.
CREATE TABLE leases (
    name    TEXT   NOT NULL PRIMARY KEY,
    holder  TEXT   NOT NULL,
    expires BIGINT NOT NULL
);

-- Callers' tokens. A token without a tenant is an administrator's.
CREATE TABLE tokens (
    id        TEXT   NOT NULL PRIMARY KEY,
    tenant    TEXT,
    name      TEXT   NOT NULL,
    hash      BLOB   NOT NULL,
    created   BIGINT NOT NULL,
    last_used BIGINT
);
CREATE INDEX tokens_of_tenant ON tokens (tenant, id);

-- Requests with an idempotency key, and their answers.
CREATE TABLE answers (
    account     TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    request     TEXT   NOT NULL,
    fingerprint BLOB   NOT NULL,
    ticket      TEXT   NOT NULL,
    owner       TEXT   NOT NULL,
    started     BIGINT NOT NULL,
    deadline    BIGINT NOT NULL,
    key_id      TEXT,
    nonce       BLOB,
    sealed      BLOB,
    PRIMARY KEY (account, request)
);
CREATE UNIQUE INDEX answers_by_ticket ON answers (ticket);
CREATE INDEX answers_by_start ON answers (started);
