//! Leases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mapwright_server::store::{LEASE, Lease, Store};

use crate::support::{Database, TestClock, everywhere, keyring, shared};

#[test]
fn a_lease_is_one_holders_until_it_is_dropped() {
    everywhere(async |database| {
        let store = database.open().await;
        let held = store.lease("a").await.expect("held");
        let other = store.lease("b").await.expect("another name is free");
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.lease("a").await }
        });
        // The waiting one has looked several times by now.
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            assert!(!waiting.is_finished());
        }
        drop(held);
        drop(waiting.await.expect("no panic").expect("held"));
        drop(other);
    });
}

#[test]
fn of_many_in_two_processes_one_holds_at_a_time() {
    shared(async |database| {
        let stores = [database.open().await, database.open().await];
        let (holding, counter) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let tasks: Vec<_> = (0..16)
            .map(|number| {
                let (store, holding, counter) =
                    (stores[number % 2].clone(), Arc::clone(&holding), Arc::clone(&counter));
                tokio::spawn(async move {
                    let lease = store.lease("counter").await.expect("held");
                    assert_eq!(holding.fetch_add(1, Ordering::SeqCst), 0, "there is another holder");
                    // What is read is written back later: without the lease an update would be lost.
                    let seen = counter.load(Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(3)).await;
                    counter.store(seen + 1, Ordering::SeqCst);
                    assert_eq!(holding.fetch_sub(1, Ordering::SeqCst), 1, "there is another holder");
                    drop(lease);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("one holder at a time");
        }
        assert_eq!(counter.load(Ordering::SeqCst), 16);
    });
}

/// Takes a lease in a process that dies: its runtime ends, and nothing is released.
fn dead_holder(database: &Database, clock: &TestClock) {
    let (url, clock) = (database.url.clone(), clock.clock());
    let died = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let lease: Lease = runtime.block_on(async {
            let store = Store::open(&url, keyring()).await.expect("it opens").with_clock(clock);
            store.lease("a").await.expect("held")
        });
        std::mem::forget(lease);
    });
    died.join().expect("no panic");
}

#[test]
fn a_dead_holders_lease_ends_by_itself() {
    shared(async |database| {
        let clock = TestClock::new();
        let store = database.open().await.with_clock(clock.clock());
        dead_holder(database, &clock);
        clock.pass(LEASE.saturating_sub(Duration::from_millis(1)));
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.lease("a").await }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!waiting.is_finished());
        clock.pass(Duration::from_millis(1));
        drop(waiting.await.expect("no panic").expect("held"));
    });
}

#[test]
fn leases_that_have_ended_are_swept() {
    shared(async |database| {
        let clock = TestClock::new();
        let store = database.open().await.with_clock(clock.clock());
        dead_holder(database, &clock);
        assert_eq!(store.sweep_leases().await.expect("swept"), 0);
        clock.pass(LEASE);
        assert_eq!(store.sweep_leases().await.expect("swept"), 1);
    });
}
