//! The mappings of a service: loaded anew whenever their files change.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use mapwright_mapping::diagnostic::pretty;
use mapwright_server::mappings::{Loaded, Mappings, Refused};

use crate::arguments::Global;
use crate::command::coverage;
use crate::library::Library;

/// The built-in mappings, or those of directories.
pub(crate) struct Served {
    mappings: Vec<PathBuf>,
    schemas: Option<PathBuf>,
    /// What was loaded before the service began.
    first: Mutex<Option<Library>>,
}

impl Served {
    /// From what the command line names, and what was loaded of it already.
    pub(crate) fn new(global: &Global, first: Library) -> Served {
        let (mappings, schemas) = (global.mappings.iter().cloned().collect(), global.schemas.clone());
        Served { mappings, schemas, first: Mutex::new(Some(first)) }
    }
}

impl Mappings for Served {
    fn load(&self) -> Result<Loaded, Refused> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let library = match first {
            Some(library) => library,
            None => Library::open(&self.mappings, self.schemas.as_deref()).map_err(|e| Refused(e.to_string()))?,
        };
        let errors = library.errors();
        if !errors.is_empty() {
            return Err(Refused(pretty::render(&errors, false)));
        }
        let docs = coverage::page(&library);
        Ok(Loaded { docs, catalog: library.into_catalog() })
    }

    fn watched(&self) -> Vec<PathBuf> {
        self.mappings.iter().chain(&self.schemas).cloned().collect()
    }
}
