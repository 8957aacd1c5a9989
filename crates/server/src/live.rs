//! Accounts in use: made once from what the store has, and kept, so that all callers of an account share its pace, its
//! look-ups and its token.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mapwright_interpreter::{Account, AccountErrors};
use mapwright_mapping::catalog::MissingMapping;
use mapwright_mapping::diagnostic::pretty;
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::provider::Provider;
use mapwright_mapping::source::SourceFile;
use moka::sync::Cache;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::mappings::Snapshot;
use crate::store::{AccountRow, Store, StoreError};

/// The most accounts that are kept.
const MOST: u64 = 10_000;

/// How long an account that nobody uses is kept.
const IDLE: Duration = Duration::from_hours(1);

/// Which account in which version: its id, its revision and that of the mappings.
type Key = (Uuid, i64, u64);

/// The accounts in use.
#[derive(Debug)]
pub(crate) struct Accounts {
    kept: Cache<Key, Arc<Live>>,
    runs: usize,
}

/// An account in use.
#[derive(Debug)]
pub(crate) struct Live {
    /// The account.
    pub(crate) account: Account,
    /// The right to run.
    pub(crate) runs: Arc<Semaphore>,
    overlay: Option<Arc<SourceFile>>,
    /// The mappings with the overlay, by resource.
    overlaid: Mutex<BTreeMap<String, Arc<Mapping>>>,
}

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// The provider or the resource has no mapping.
    #[error(transparent)]
    Missing(#[from] MissingMapping),
    /// What the account says is not legal, or no longer.
    #[error("the account is not legal: {0}")]
    Account(#[from] AccountErrors),
    /// Its local address is none.
    #[error("the account's local address is not one of this machine")]
    Base,
    /// The overlay does not fit, or no longer.
    #[error("the account's overlay does not fit the mapping:\n{0}")]
    Overlay(String),
    /// The store cannot answer.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
}

impl Accounts {
    /// None so far; each account has so many runs at the same time.
    pub(crate) fn new(runs: usize) -> Accounts {
        Accounts { kept: Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build(), runs: runs.max(1) }
    }

    /// The account of a row, and its mapping of a resource.
    pub(crate) fn get(
        &self,
        row: &AccountRow,
        resource: &str,
        snapshot: &Snapshot,
        store: &Store,
    ) -> Result<(Arc<Live>, Arc<Mapping>), Unusable> {
        let base = snapshot.catalog.mapping(&row.provider, resource)?;
        let key = (row.id, row.revision, snapshot.generation);
        // Those who ask at the same time wait for the one that makes it.
        let made = self.kept.try_get_with(key, || self.make(row, base, snapshot, store).map(Arc::new));
        let live = made.map_err(|error: Arc<Unusable>| error.again())?;
        let mapping = live.mapping(base, snapshot)?;
        Ok((live, mapping))
    }

    fn make(
        &self,
        row: &AccountRow,
        base: &Arc<Mapping>,
        snapshot: &Snapshot,
        store: &Store,
    ) -> Result<Live, Unusable> {
        let overlay = row.overlay.as_ref().map(|text| SourceFile::from_text("overlay.toml", text.as_str()));
        let mapping = match &overlay {
            Some(overlay) => overlaid(base, overlay, snapshot)?,
            None => Arc::clone(base),
        };
        let provider: &Arc<Provider> = &mapping.provider;
        let secrets = store.secrets(row).map_err(Arc::new)?;
        let account = Account::new(row.token_name(), provider, row.auth.as_deref(), &row.variables, secrets)?;
        let account = match &row.base {
            Some(address) => account.at(address).map_err(|_| Unusable::Base)?,
            None => account,
        };
        let overlaid = match overlay {
            Some(_) => BTreeMap::from([(base.model.resource.clone(), mapping)]),
            None => BTreeMap::new(),
        };
        Ok(Live { account, runs: Arc::new(Semaphore::new(self.runs)), overlay, overlaid: Mutex::new(overlaid) })
    }
}

impl Live {
    fn mapping(&self, base: &Arc<Mapping>, snapshot: &Snapshot) -> Result<Arc<Mapping>, Unusable> {
        let Some(overlay) = &self.overlay else { return Ok(Arc::clone(base)) };
        let resource = &base.model.resource;
        let mut known = self.overlaid.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mapping) = known.get(resource) {
            return Ok(Arc::clone(mapping));
        }
        let mapping = overlaid(base, overlay, snapshot)?;
        known.insert(resource.clone(), Arc::clone(&mapping));
        Ok(mapping)
    }
}

fn overlaid(base: &Mapping, overlay: &Arc<SourceFile>, snapshot: &Snapshot) -> Result<Arc<Mapping>, Unusable> {
    let found = snapshot.catalog.overlaid(&base.provider.id, &base.model.resource, overlay);
    found.map_err(|found| Unusable::Overlay(pretty::render(&found, false)))
}

impl Unusable {
    /// The same for another one who waited.
    fn again(&self) -> Unusable {
        match self {
            Unusable::Missing(missing) => Unusable::Missing(missing.clone()),
            Unusable::Account(errors) => Unusable::Account(errors.clone()),
            Unusable::Base => Unusable::Base,
            Unusable::Overlay(words) => Unusable::Overlay(words.clone()),
            Unusable::Store(error) => Unusable::Store(Arc::clone(error)),
        }
    }
}
