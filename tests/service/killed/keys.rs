//! No answer that a caller has is lost, and nothing is written twice without a word.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use mapwright_server::store::{AccountRow, TokenRow};
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, Row as _};

use super::writers::{Told, Write, write};
use crate::support::{Client, Provider, Random, Scene, Start, everywhere, mappings_of, run, until};

/// Providers with a quick pace, one of them with tokens that are replaced.
const PROVIDERS: [&str; 2] = ["monday_crm", "dynamics365_sales"];

/// How often the service is killed.
const ROUNDS: usize = 3;

/// How many callers each provider has.
const CALLERS: u64 = 4;

/// How the end of a write is found out after the service is there again.
#[derive(Debug, Default)]
struct Ends {
    /// The answer was kept although nobody had it.
    kept: usize,
    /// The key had not been taken, or had been left and was told to be ambiguous.
    run: usize,
    ambiguous: usize,
}

#[test]
fn keys_are_run_once_or_told_to_be_ambiguous() {
    let seed = Random::seed();
    println!("SERVICE_SEED={seed}");
    let mappings = mappings_of(&PROVIDERS);
    everywhere(|database| {
        let mut random = Random::new(seed);
        let mut scene = Scene::new(database);
        for id in PROVIDERS {
            scene.add(Provider::start(id), None);
        }
        let leads: Vec<Vec<String>> =
            scene.accounts.iter().map(|(provider, _)| provider.more_leads(CALLERS * ROUNDS as u64)).collect();
        let start = || Start::with_mappings(&scene.database, mappings.path()).with("--deadline").with("5").start();
        let before = kept_of(&scene);
        let mut told = Told::default();
        for (round, first) in (0..ROUNDS).zip((0..).step_by(usize::try_from(CALLERS).expect("few"))) {
            let mut service = start();
            let client = scene.client(&service);
            let own = first..first + usize::try_from(CALLERS).expect("few");
            let leads: Vec<Vec<String>> = leads.iter().map(|leads| leads[own.clone()].to_vec()).collect();
            let (answers, moment) = (random.below(12), Duration::from_millis(random.below(50)));
            let Told { written, cut } = write(&client, &scene.accounts, &leads, round, |answered| {
                until("callers are answered", || answered.load(Ordering::Relaxed) as u64 > answers);
                thread::sleep(moment);
                service.kill();
            });
            told.written.extend(written);
            told.cut.extend(cut);
        }
        assert_eq!(kept_of(&scene), before, "accounts and tokens are there");
        assert_is_sound(&scene);
        let service = start();
        let client = scene.client(&service);
        nothing_is_lost(&client, &told);
        let ends = find_out(&client, &scene, &told.cut);
        written_once(&scene, &told);
        println!("{}: {} written, {} cut off: {ends:?}", scene.database.name(), told.written.len(), told.cut.len());
    });
}

/// All accounts with their secrets, and all tokens but for the day of their last use.
fn kept_of(scene: &Scene) -> (Vec<(AccountRow, Vec<String>)>, Vec<TokenRow>) {
    let accounts = run(scene.store.accounts(None, None, 100)).expect("the store answers").into_iter();
    let accounts = accounts.map(|row| {
        let secrets = scene.store.secrets(&row).expect("they open");
        (row, secrets.values().map(|secret| secret.expose_secret().to_owned()).collect())
    });
    let tokens = run(scene.store.tokens(None, None, 100)).expect("the store answers").into_iter();
    (accounts.collect(), tokens.map(|token| TokenRow { last_used: None, ..token }).collect())
}

/// A database file is whole.
fn assert_is_sound(scene: &Scene) {
    if scene.database.is_postgres() {
        return;
    }
    let words: String = run(async {
        let mut connection = sqlx::AnyConnection::connect(&scene.database.url).await.expect("it opens");
        let row = sqlx::query("PRAGMA integrity_check").fetch_one(&mut connection).await.expect("it answers");
        row.get(0)
    });
    assert_eq!(words, "ok");
}

/// Every answer that a caller has had is given again, byte for byte.
fn nothing_is_lost(client: &Client, told: &Told) {
    assert!(!told.written.is_empty(), "nothing was written before the first kill");
    for (write, body) in &told.written {
        let again = write.send(client).expect("an answer");
        assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")), "{}", write.value);
        assert_eq!(again.body, *body, "{}", write.value);
    }
}

/// Sends every write that was cut off until its end is known, and holds the provider to it.
fn find_out(client: &Client, scene: &Scene, cut: &[Write]) -> Ends {
    let mut ends = Ends::default();
    for write in cut {
        let mut ambiguous = 0;
        let mut last = None;
        until("the key has an end", || {
            let answer = write.send(client).expect("an answer");
            match answer.code().as_str() {
                "key-in-use" => answer.assert_is_problem(409, "key-in-use"),
                "key-ambiguous" => {
                    answer.assert_is_problem(409, "key-ambiguous");
                    ambiguous += 1;
                }
                _ => {
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    last = Some(answer);
                }
            }
            last.is_some()
        });
        let kept = last.is_some_and(|answer| answer.header("idempotency-replayed").is_some());
        let (provider, _) = &scene.accounts[write.provider];
        let effects = provider.effects().iter().filter(|body| body.contains(&write.value)).count();
        assert!(ambiguous <= 1, "{}: told {ambiguous} times", write.value);
        assert!(!(kept && ambiguous > 0), "{}: kept, and told to be ambiguous", write.value);
        assert!((1..=1 + ambiguous).contains(&effects), "{}: {effects} effects, {ambiguous} ambiguous", write.value);
        assert_eq!(provider.value(&write.lead), write.value.as_str());
        ends.kept += usize::from(kept);
        ends.run += usize::from(!kept);
        ends.ambiguous += ambiguous;
    }
    ends
}

/// What was answered with success was written once.
fn written_once(scene: &Scene, told: &Told) {
    for (number, (provider, _)) in scene.accounts.iter().enumerate() {
        let effects = provider.effects();
        for (write, _) in told.written.iter().filter(|(write, _)| write.provider == number) {
            let count = effects.iter().filter(|body| body.contains(&write.value)).count();
            assert_eq!(count, 1, "{}: {}", provider.id, write.value);
        }
    }
}
