//! The store as commands manage it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use mapwright_interpreter::{ConsentError, Http, Interpreter};
use mapwright_mapping::catalog::Catalog;
use mapwright_server::admin::{AdminError, Administration};
use mapwright_server::settings::{STORE, Settings};
use mapwright_server::store::{Store, StoreError};

use crate::command::Scene;
use crate::problem::Problem;
use crate::store_choice;

const STORE_HELP: &str = "Where accounts are kept: sqlite:FILE or postgres://…; MAPWRIGHT_STORE otherwise [default: \
    sqlite:mapwright.db]";

const KEY_HELP: &str = "The file with the keys that seal credentials; MAPWRIGHT_KEY_FILE or MAPWRIGHT_KEY otherwise \
    [default: beside the SQLite file]";

/// Which store, and the keys of it.
#[derive(Debug, Args)]
pub(crate) struct StoreArguments {
    #[arg(long, value_name = "URL", help = STORE_HELP)]
    store: Option<String>,
    #[arg(long, value_name = "FILE", help = KEY_HELP)]
    key_file: Option<PathBuf>,
}

/// Whether a command may make a store that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It makes one.
    Make,
    /// It wants one that is there.
    Refuse,
}

impl StoreArguments {
    /// Opens the store.
    pub(crate) async fn open(&self, absent: Absent, scene: &Scene<'_>) -> Result<Store, Problem> {
        let flags = Settings { store: self.store.clone(), key_file: self.key_file.clone(), ..Settings::default() };
        let environment = Settings::from_environment(&*scene.surroundings.environment);
        let settings = flags.or(environment.map_err(|error| Problem::Usage(error.to_string()))?);
        let file = store_choice::sqlite_file(settings.store.as_deref().unwrap_or(STORE));
        if let Some(file) = file.filter(|file| absent == Absent::Refuse && !file.exists()) {
            return Err(Problem::Usage(format!("there is no store at {}", file.display())));
        }
        store_choice::open(&settings, scene.surroundings).await
    }

    /// Opens the store for its management. Without a catalog no account can be checked.
    pub(crate) async fn administer(
        &self,
        absent: Absent,
        catalog: Catalog,
        scene: &Scene<'_>,
    ) -> Result<Administration, Problem> {
        let store = self.open(absent, scene).await?;
        let http = Http::new().map_err(|error| Problem::Network(error.to_string()))?;
        let interpreter = Interpreter::new(http).with_tokens(store.clone());
        let catalog = Arc::new(catalog);
        Ok(Administration::new(store, Arc::new(move || Arc::clone(&catalog)), interpreter))
    }
}

/// Why the management refuses something.
pub(crate) fn refused(error: AdminError) -> Problem {
    match error {
        AdminError::Overlay(found) => Problem::Findings(found),
        AdminError::Store(error) => failed(&error),
        AdminError::Consent(ConsentError::Refused(_) | ConsentError::Unavailable(_)) | AdminError::NoRefreshToken => {
            Problem::Network(error.to_string())
        }
        other => Problem::Usage(indented(&other.to_string())),
    }
}

/// Why the store cannot do what it is asked.
pub(crate) fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::Database(_) => Problem::Network(error.to_string()),
        _ => Problem::Usage(indented(&error.to_string())),
    }
}

/// Several lines below `error: `.
fn indented(text: &str) -> String {
    text.replace('\n', "\n       ")
}
