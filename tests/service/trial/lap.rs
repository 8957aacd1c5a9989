//! Laps: each with new simulated providers, so that their logs hold all that was done to them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::count::Count;
use super::judge::judge;
use super::weather::blow;
use super::writer::{Told, Writer};
use crate::support::{ALL, Database, Provider, Random, Scene, Service, Start};

/// How long a lap is.
const LAP: Duration = Duration::from_secs(10);

/// How long the trial is where nobody says otherwise.
const SECONDS: u64 = 6;

/// How many callers each provider has.
const CALLERS: u64 = 3;

#[expect(clippy::disallowed_methods, reason = "the environment says how long it is")]
fn length() -> Duration {
    let given = std::env::var("SERVICE_TRIAL_SECONDS").ok();
    Duration::from_secs(given.map_or(SECONDS, |text| text.parse().expect("SERVICE_TRIAL_SECONDS is a number")))
}

#[test]
fn no_update_is_lost_and_none_is_doubled() {
    let (length, seed) = (length(), Random::seed());
    println!("SERVICE_SEED={seed}");
    let database = Database::postgres().unwrap_or_else(Database::sqlite);
    let mut scene = Scene::new(database);
    let start = || Start::new(&scene.database).with("--deadline").with("2");
    let services = [start().start(), start().start()];
    let begun = Instant::now();
    let (mut count, mut wrong, mut laps) = (Count::default(), Vec::new(), 0);
    while begun.elapsed() < length {
        let time = LAP.min(length.saturating_sub(begun.elapsed()).max(Duration::from_secs(1)));
        let (of_the_lap, found) = lap(&mut scene, &services, seed.wrapping_add(laps), time);
        count.add(&of_the_lap);
        wrong.extend(found);
        laps += 1;
        println!("lap {laps} of {} s: {} wrong so far", begun.elapsed().as_secs(), wrong.len());
    }
    println!("{laps} laps, {} s, on {}:\n{count}", begun.elapsed().as_secs(), scene.database.name());
    assert!(wrong.is_empty(), "SERVICE_SEED={seed}, {} times:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count.of("told: Written") > 0, "nothing was written");
}

/// Runs a lap, and says what was counted and what was wrong.
fn lap(scene: &mut Scene, services: &[Service; 2], seed: u64, time: Duration) -> (Count, Vec<String>) {
    scene.accounts.clear();
    for (id, ..) in ALL {
        scene.add(Provider::start(id), None);
    }
    let leads: Vec<Vec<String>> = scene.accounts.iter().map(|(provider, _)| provider.more_leads(CALLERS)).collect();
    let clients = [0, 1].map(|number: usize| scene.client(&services[number]));
    let (over, store, accounts) = (AtomicBool::new(false), &scene.store, &scene.accounts);
    let (over, clients) = (&over, &clients);
    let mut count = Count::default();
    let told: Vec<Vec<Vec<Told>>> = thread::scope(|scope| {
        let weather = scope.spawn(move || blow(accounts, seed, over));
        let writers: Vec<Vec<_>> = accounts
            .iter()
            .zip(&leads)
            .map(|((provider, account), leads)| {
                let writers = leads.iter().enumerate().map(|(number, lead)| {
                    let client = &clients[number % clients.len()];
                    let writer = Writer { client, store, provider, account: *account, lead };
                    scope.spawn(move || writer.write(over))
                });
                writers.collect()
            })
            .collect();
        thread::sleep(time);
        over.store(true, Ordering::Relaxed);
        count.add(&weather.join().expect("no panic"));
        let joined = writers.into_iter().map(|writers| {
            let ended = writers.into_iter().map(|writer| writer.join().expect("no panic"));
            let ended = ended.map(|(told, counted)| {
                count.add(&counted);
                told
            });
            ended.collect()
        });
        joined.collect()
    });
    // What was sent before the deadline of a run may still be on its way to a provider that is slow.
    let mut wrong = Vec::new();
    for (((provider, _), leads), told) in scene.accounts.iter().zip(&leads).zip(&told) {
        for (lead, told) in leads.iter().zip(told) {
            wrong.extend(judge(provider, lead, told, &mut count));
        }
    }
    (count, wrong)
}
