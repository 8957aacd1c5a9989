//! Where everything that may run is running, whoever comes is turned away at once.

use crate::support::{Answer, Client, Database, Provider, Scene, Start, mappings_of, together, until};

/// A provider with a quick pace.
const PROVIDER: &str = "monday_crm";

/// Reads a lead so often at once, while the provider is slow.
fn reads(client: &Client, scene: &Scene, times: usize) -> Vec<Answer> {
    let (provider, account) = (scene.provider(), scene.account());
    let lead = provider.first();
    provider.provoke("slow=2s@read*");
    let answers = together(times, |_| client.get(account, &lead).send());
    provider.sandbox.clear_faults();
    answers
}

/// How many were answered, and how many were turned away.
fn counted(answers: &[Answer]) -> (usize, usize) {
    let (good, away): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 200);
    for answer in &away {
        answer.assert_is_problem(503, "overloaded");
    }
    (good.len(), away.len())
}

/// What the metrics say of a limit.
fn shed(client: &Client, limit: &str) -> Option<String> {
    let metrics = client.raw("GET", "/metrics").send().text();
    let name = format!("mapwright_requests_shed_total{{limit=\"{limit}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&name)).map(str::to_owned)
}

#[test]
fn more_than_may_run_are_turned_away_with_a_time_to_come_back() {
    let mappings = mappings_of(&[PROVIDER]);
    let scene = Scene::with_one(Database::sqlite(), PROVIDER, None);
    let service = Start::with_mappings(&scene.database, mappings.path()).set("MAPWRIGHT_MAX_RUNS", "4").start();
    let client = scene.client(&service);
    assert_eq!(counted(&reads(&client, &scene, 12)), (4, 8));
    assert_eq!(shed(&client, "runs").as_deref(), Some("8"));
    let answer = client.get(scene.account(), &scene.provider().first()).send();
    assert_eq!(answer.status, 200, "the next one runs again: {}", answer.text());
}

#[test]
fn one_account_leaves_room_for_the_others() {
    let mappings = mappings_of(&[PROVIDER]);
    let mut scene = Scene::with_one(Database::sqlite(), PROVIDER, None);
    let other = scene.add(Provider::start(PROVIDER), None);
    let start = Start::with_mappings(&scene.database, mappings.path());
    let service = start.set("MAPWRIGHT_MAX_RUNS", "8").set("MAPWRIGHT_MAX_ACCOUNT_RUNS", "3").start();
    let client = scene.client(&service);
    std::thread::scope(|scope| {
        let reads = scope.spawn(|| reads(&client, &scene, 8));
        until("the account's runs are taken", || shed(&client, "account_runs").as_deref() == Some("5"));
        let answer = client.get(other, &scene.accounts[1].0.first()).send();
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(counted(&reads.join().expect("no panic")), (3, 5));
    });
}
