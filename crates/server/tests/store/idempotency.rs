//! Idempotency keys.

use std::time::Duration;

use mapwright_server::store::{Begun, Fingerprint, Place, Store, StoreError, StoredAnswer, Ticket};
use uuid::Uuid;

use crate::accounts::added;
use crate::support::{TestClock, everywhere, shared};

const PATH: &str = "/unified/crm/leads/7";
const DEADLINE: Duration = Duration::from_secs(25);

fn fingerprint(body: &str) -> Fingerprint {
    Fingerprint::new("PATCH", PATH, "", body.as_bytes())
}

fn answer() -> StoredAnswer {
    StoredAnswer {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("etag".to_owned(), "\"1\"".to_owned()),
        ],
        body: b"{\"first_name\": \"canary\"}\xff\0".to_vec(),
    }
}

/// What was begun, in one word.
fn word(begun: &Begun) -> &'static str {
    match begun {
        Begun::Run(_) => "run",
        Begun::Answered(_) => "answered",
        Begun::Running { .. } => "running",
        Begun::Other => "other",
        Begun::Ambiguous => "ambiguous",
    }
}

/// A store with one account, and a clock.
struct Scene {
    store: Store,
    clock: TestClock,
    place: Place,
}

impl Scene {
    async fn new(store: Store) -> Scene {
        let clock = TestClock::new();
        let store = store.with_clock(clock.clock());
        let place = Place::new(added(&store).await, PATH, "canary-key");
        Scene { store, clock, place }
    }

    async fn begin(&self, body: &str) -> Begun {
        let deadline = self.clock.now() + DEADLINE;
        self.store.begin(&self.place, fingerprint(body), deadline).await.expect("begun")
    }

    async fn run(&self) -> Ticket {
        match self.begin("{}").await {
            Begun::Run(ticket) => ticket,
            other => panic!("{}", word(&other)),
        }
    }
}

#[test]
fn the_answer_is_given_again() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let ticket = scene.run().await;
        assert!(scene.store.finish(ticket, &answer()).await.expect("finished"));
        for _ in 0..2 {
            match scene.begin("{}").await {
                Begun::Answered(again) => assert_eq!(again, answer()),
                other => panic!("{}", word(&other)),
            }
        }
        assert!(!format!("{:?} {:?}", answer(), scene.place).contains("canary"));
    });
}

#[test]
fn what_still_runs_is_told_with_its_start() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let (begun, _ticket) = (scene.clock.now(), scene.run().await);
        scene.clock.pass(DEADLINE.saturating_sub(Duration::from_millis(1)));
        match scene.begin("{}").await {
            Begun::Running { since } => assert_eq!(since, begun),
            other => panic!("{}", word(&other)),
        }
    });
}

#[test]
fn another_request_with_the_same_key_is_told() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let ticket = scene.run().await;
        assert_eq!(word(&scene.begin("{ }").await), "other");
        scene.store.finish(ticket, &answer()).await.expect("finished");
        assert_eq!(word(&scene.begin("{ }").await), "other");
        assert_eq!(word(&scene.begin("{}").await), "answered");
    });
}

#[test]
fn another_path_key_or_account_is_another_request() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let account = added(&scene.store).await;
        scene.run().await;
        let others = [
            Place::new(account, PATH, "canary-key"),
            Place::new(account, PATH, "key"),
            Place::new(account, "/unified/crm/leads/8", "canary-key"),
            Place::new(account, "/unified/crm/leads/7c", "anary-key"),
        ];
        for place in others {
            let begun =
                scene.store.begin(&place, fingerprint("{}"), scene.clock.now() + DEADLINE).await.expect("begun");
            assert_eq!(word(&begun), "run");
        }
    });
}

#[test]
fn a_released_key_is_free() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let ticket = scene.run().await;
        assert!(scene.store.release(ticket).await.expect("released"));
        assert_eq!(word(&scene.begin("{ }").await), "run");
    });
}

#[test]
fn a_key_that_is_left_running_is_told_once_and_is_then_free() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let dead = scene.run().await;
        scene.clock.pass(DEADLINE);
        assert_eq!(word(&scene.begin("{}").await), "ambiguous");
        let next = scene.run().await;
        // Who was thought dead and is not has no say any more.
        assert!(!scene.store.finish(dead, &answer()).await.expect("asked"));
        assert_eq!(word(&scene.begin("{}").await), "running");
        assert!(scene.store.finish(next, &answer()).await.expect("finished"));
        assert_eq!(word(&scene.begin("{}").await), "answered");
    });
}

#[test]
fn who_was_thought_dead_releases_nothing() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let dead = scene.run().await;
        scene.clock.pass(DEADLINE);
        assert_eq!(word(&scene.begin("{}").await), "ambiguous");
        let _next = scene.run().await;
        assert!(!scene.store.release(dead).await.expect("asked"));
        assert_eq!(word(&scene.begin("{}").await), "running");
    });
}

#[test]
fn after_a_day_a_key_is_new() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let ticket = scene.run().await;
        scene.store.finish(ticket, &answer()).await.expect("finished");
        scene.clock.pass(Duration::from_hours(24) - Duration::from_millis(1));
        assert_eq!(word(&scene.begin("{}").await), "answered");
        scene.clock.pass(Duration::from_millis(1));
        assert_eq!(word(&scene.begin("{ }").await), "run");
        assert_eq!(word(&scene.begin("{ }").await), "running");
    });
}

#[test]
fn old_keys_are_swept() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let account = added(&scene.store).await;
        for number in 0..3 {
            let place = Place::new(account, PATH, &number.to_string());
            scene.store.begin(&place, fingerprint("{}"), scene.clock.now()).await.expect("begun");
        }
        scene.clock.pass(Duration::from_hours(1));
        let young = scene.run().await;
        scene.clock.pass(Duration::from_hours(23));
        assert_eq!(scene.store.sweep_answers().await.expect("swept"), 3);
        assert_eq!(scene.store.sweep_answers().await.expect("swept"), 0);
        assert!(scene.store.finish(young, &answer()).await.expect("finished"));
    });
}

#[test]
fn an_account_that_is_gone_has_no_keys() {
    everywhere(async |database| {
        let scene = Scene::new(database.open().await).await;
        let place = Place::new(Uuid::nil(), PATH, "key");
        let begun = scene.store.begin(&place, fingerprint("{}"), scene.clock.now()).await;
        assert!(matches!(begun, Err(StoreError::Gone)), "{begun:?}");
        let account = added(&scene.store).await;
        let place = Place::new(account, PATH, "key");
        let Begun::Run(ticket) = scene.store.begin(&place, fingerprint("{}"), scene.clock.now()).await.expect("begun")
        else {
            panic!("the key is new")
        };
        scene.store.remove_account(account).await.expect("removed");
        assert!(!scene.store.finish(ticket, &answer()).await.expect("asked"));
    });
}

/// How often each word is the answer to many who ask at once.
async fn many(stores: &[Store], place: &Place, clock: &TestClock) -> Vec<&'static str> {
    let asking: Vec<_> = (0..32)
        .map(|number| {
            let (store, place) = (stores[number % stores.len()].clone(), place.clone());
            let deadline = clock.now() + DEADLINE;
            tokio::spawn(async move { word(&store.begin(&place, fingerprint("{}"), deadline).await.expect("begun")) })
        })
        .collect();
    let mut words = Vec::new();
    for asked in asking {
        words.push(asked.await.expect("no panic"));
    }
    words.sort_unstable();
    words
}

#[test]
fn of_many_in_two_processes_one_runs() {
    shared(async |database| {
        let clock = TestClock::new();
        let stores = [database.open().await.with_clock(clock.clock()), database.open().await.with_clock(clock.clock())];
        let account = added(&stores[0]).await;
        for round in 0..5 {
            let place = Place::new(account, PATH, &round.to_string());
            let words = many(&stores, &place, &clock).await;
            assert_eq!(words.iter().filter(|word| **word == "run").count(), 1, "{words:?}");
            assert_eq!(words.iter().filter(|word| **word == "running").count(), 31, "{words:?}");
        }
    });
}

#[test]
fn of_many_one_is_told_that_the_end_is_not_known_and_one_runs() {
    shared(async |database| {
        let clock = TestClock::new();
        let stores = [database.open().await.with_clock(clock.clock()), database.open().await.with_clock(clock.clock())];
        let account = added(&stores[0]).await;
        for round in 0..5 {
            let place = Place::new(account, PATH, &round.to_string());
            let begun = stores[0].begin(&place, fingerprint("{}"), clock.now() + DEADLINE).await.expect("begun");
            assert_eq!(word(&begun), "run");
            clock.pass(DEADLINE);
            let words = many(&stores, &place, &clock).await;
            assert_eq!(words.iter().filter(|word| **word == "ambiguous").count(), 1, "{words:?}");
            assert_eq!(words.iter().filter(|word| **word == "run").count(), 1, "{words:?}");
            assert_eq!(words.iter().filter(|word| **word == "running").count(), 30, "{words:?}");
        }
    });
}

#[test]
fn after_a_day_one_of_many_runs() {
    shared(async |database| {
        let clock = TestClock::new();
        let stores = [database.open().await.with_clock(clock.clock()), database.open().await.with_clock(clock.clock())];
        let account = added(&stores[0]).await;
        let place = Place::new(account, PATH, "key");
        stores[0].begin(&place, fingerprint("{}"), clock.now()).await.expect("begun");
        clock.pass(Duration::from_hours(24));
        let words = many(&stores, &place, &clock).await;
        assert_eq!(words.iter().filter(|word| **word == "run").count(), 1, "{words:?}");
        assert_eq!(words.iter().filter(|word| **word == "running").count(), 31, "{words:?}");
    });
}
