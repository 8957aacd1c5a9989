//! Why the store cannot do what it is asked.

use crate::keyring::KeyError;

/// Why the store cannot do what it is asked. No text holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address is not one of a store.
    #[error("`{0}` is not the address of a store: it is sqlite:PATH, sqlite::memory: or postgres://…")]
    Address(String),
    /// The file of the database cannot be made or read.
    #[error("the store {path} cannot be opened: {why}")]
    File {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// The database is of a later version of this program.
    #[error(
        "the store was made by a newer version of this program: its tables are of version {found}, and this program knows up to {known}"
    )]
    Newer {
        /// The version of the tables.
        found: i64,
        /// The latest that this program knows.
        known: i64,
    },
    /// The database does not do what it is asked.
    #[error("the store: {0}")]
    Database(#[from] sqlx::Error),
    /// Something cannot be sealed or opened.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no such account any more.
    #[error("the account is gone")]
    Gone,
    /// There is an account or a token of that id already.
    #[error("there is one of that id already")]
    Taken,
    /// The account has been changed since it was read.
    #[error("the account has been changed since: it is at revision {0}")]
    Moved(i64),
    /// A text is not a token.
    #[error("this is not a token: it is mw_ID_SECRET or mwa_ID_SECRET, with 12 and 32 letters and digits")]
    Token,
    /// A row holds what this program does not write.
    #[error("the store holds what it cannot: {0}")]
    Corrupt(String),
    /// The database cannot be copied this way.
    #[error("{0}")]
    Backup(String),
}

/// Whether a constraint of the tables has refused a statement because of a row that exists already.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether a constraint of the tables has refused a statement because of a row that it refers to and is not there.
pub(super) fn is_orphan(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}
