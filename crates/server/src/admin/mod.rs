//! Accounts and tokens, managed: the same calls for the command line and for the admin API.
//!
//! | what | file |
//! |---|---|
//! | what an account is checked for before it is kept | `check.rs` |
//! | accounts | `accounts.rs` |
//! | whether a provider takes an account's credentials | `probe.rs` |
//! | connecting an account with its owner's consent | `consent.rs` |
//! | tokens | `tokens.rs` |
//! | why something is refused | `error.rs` |
//! | accounts and tokens as JSON | `shown.rs` |
//! | over HTTP: routes, bodies, problems | `routes.rs`, `body.rs`, `query.rs` |
//!
//! Nothing is kept here: what one process changes, the management of another one sees at once.

mod accounts;
mod body;
mod check;
mod consent;
mod error;
mod probe;
mod query;
mod routes;
mod shown;
mod tokens;

use std::fmt;
use std::sync::Arc;

use mapwright_interpreter::Interpreter;
use mapwright_mapping::catalog::Catalog;

use crate::store::Store;

pub use accounts::{AccountChange, NewAccount};
pub use consent::Consent;
pub use error::{AdminError, Finding};
pub use probe::{Probed, Verdict};
pub use routes::router;
pub use shown::{account as account_as_json, token as token_as_json};

/// Gives the catalog in use: it may be exchanged at any time.
pub type Catalogs = Arc<dyn Fn() -> Arc<Catalog> + Send + Sync>;

/// The management of accounts and tokens. Copies are cheap and share everything.
#[derive(Clone)]
pub struct Administration {
    store: Store,
    catalogs: Catalogs,
    interpreter: Interpreter,
}

impl fmt::Debug for Administration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Administration").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Administration {
    /// Over a store. `interpreter` carries the calls that test an account; its tokens are to be kept in the same store.
    pub fn new(store: Store, catalogs: Catalogs, interpreter: Interpreter) -> Administration {
        Administration { store, catalogs, interpreter }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn catalog(&self) -> Arc<Catalog> {
        (self.catalogs)()
    }
}
