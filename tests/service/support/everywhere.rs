//! The same on every kind of database that processes share.

use std::thread;

use super::Database;

/// Runs a test on SQLite and on PostgreSQL at the same time, each on a database of its own.
pub fn everywhere(test: impl Fn(Database) + Sync) {
    let test = &test;
    thread::scope(|scope| {
        let begun: Vec<_> = Database::all()
            .into_iter()
            .map(|database| {
                let name = database.name();
                (name, scope.spawn(move || test(database)))
            })
            .collect();
        let failed = begun.into_iter().filter_map(|(name, thread)| thread.join().is_err().then_some(name));
        let failed: Vec<_> = failed.collect();
        assert!(failed.is_empty(), "it does not hold on {failed:?}");
    });
}
