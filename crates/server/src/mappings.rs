//! The mappings that requests run with: loaded and checked by whoever embeds the service, and exchanged as a whole.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use mapwright_mapping::catalog::Catalog;

/// Where the mappings come from.
pub trait Mappings: Send + Sync + 'static {
    /// Loads and checks everything. What has an error is refused whole.
    fn load(&self) -> Result<Loaded, Refused>;

    /// Directories whose changes call for another [`load`](Mappings::load); none where nothing can change.
    fn watched(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// What was loaded.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The checked mappings.
    pub catalog: Catalog,
    /// The page that `/docs` shows: which field works where.
    pub docs: String,
}

/// The mappings are refused: the findings, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// One version of the mappings.
#[derive(Debug)]
pub struct Snapshot {
    /// The checked mappings.
    pub catalog: Arc<Catalog>,
    /// The page that `/docs` shows.
    pub docs: String,
    /// Counts the versions of this process, from one.
    pub generation: u64,
}

/// The mappings in use. Requests that run keep the version that they began with.
pub struct Current {
    source: Box<dyn Mappings>,
    snapshot: ArcSwap<Snapshot>,
    generation: AtomicU64,
}

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Current").field("generation", &self.snapshot.load().generation).finish_non_exhaustive()
    }
}

impl Current {
    /// Loads the first version.
    pub fn load(source: impl Mappings) -> Result<Current, Refused> {
        let first = source.load()?;
        let snapshot = Snapshot { catalog: Arc::new(first.catalog), docs: first.docs, generation: 1 };
        Ok(Current {
            source: Box::new(source),
            snapshot: ArcSwap::from_pointee(snapshot),
            generation: AtomicU64::new(1),
        })
    }

    /// The version in use.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The catalog in use.
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.snapshot.load().catalog)
    }

    /// Loads again. Where that is refused, the version in use stays. Gives the number of the new version.
    pub fn reload(&self) -> Result<u64, Refused> {
        let Loaded { catalog, docs } = self.source.load()?;
        let generation = self.generation.fetch_add(1, Ordering::AcqRel) + 1;
        self.snapshot.store(Arc::new(Snapshot { catalog: Arc::new(catalog), docs, generation }));
        Ok(generation)
    }

    /// Directories whose changes call for a reload.
    pub fn watched(&self) -> Vec<PathBuf> {
        self.source.watched()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Series(Mutex<Vec<Result<&'static str, &'static str>>>);

    impl Mappings for Series {
        fn load(&self) -> Result<Loaded, Refused> {
            match self.0.lock().expect("the lock").remove(0) {
                Ok(docs) => Ok(Loaded { catalog: Catalog::default(), docs: docs.to_owned() }),
                Err(why) => Err(Refused(why.to_owned())),
            }
        }
    }

    fn series(all: &[Result<&'static str, &'static str>]) -> Series {
        Series(Mutex::new(all.to_vec()))
    }

    #[test]
    fn the_version_in_use_stays_where_the_next_is_refused() {
        let current = Current::load(series(&[Ok("first"), Err("wrong"), Ok("third")])).expect("the first");
        assert_eq!(current.reload(), Err(Refused("wrong".to_owned())));
        assert_eq!((current.snapshot().docs.as_str(), current.snapshot().generation), ("first", 1));
        assert_eq!(current.reload(), Ok(2));
        assert_eq!((current.snapshot().docs.as_str(), current.snapshot().generation), ("third", 2));
    }

    #[test]
    fn a_service_does_not_begin_with_wrong_mappings() {
        assert_eq!(Current::load(series(&[Err("wrong")])).err(), Some(Refused("wrong".to_owned())));
    }
}
