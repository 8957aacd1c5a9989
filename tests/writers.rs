//! Two writers on one lead, their requests in every order: what is lost, and who is told.

#[path = "writers/pairs.rs"]
mod pairs;
#[path = "scene/mod.rs"]
mod scene;
#[path = "writers/table.rs"]
mod table;
#[path = "writers/turns.rs"]
mod turns;
#[path = "writers/verdict.rs"]
mod verdict;

use std::time::Duration;

use mapwright_interpreter::{Account, Interpreter};
use mapwright_mapping::plan::Options;
use mapwright_mapping::version::Version;
use tokio::time::{Instant, advance};

use crate::pairs::{Pair, pairs};
use crate::scene::{Scene, scenes};
use crate::table::{Row, report};
use crate::turns::{Direct, Order, Run, both};
use crate::verdict::{Alone, Verdict, verdict};

/// How many orders are tried of a pair that has more, where `WRITERS` is not `all`.
const FEW: usize = 16;

/// How long what was looked up is used; shorter than mappings let it be kept.
const KEPT: Duration = Duration::from_mins(40);

#[test]
fn no_update_is_lost_where_nothing_says_that_it_may_be() {
    let rows: Vec<Row> = std::thread::scope(|scope| {
        let tried: Vec<_> = scenes().into_iter().map(|scene| scope.spawn(move || of(&scene))).collect();
        tried.into_iter().flat_map(|rows| rows.join().expect("no panic")).collect()
    });
    report(&rows);
}

/// The rows of one provider.
fn of(scene: &Scene) -> Vec<Row> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let mut rows = Vec::new();
        for pair in pairs(scene.id()) {
            rows.push(tried(scene, &pair).await);
        }
        rows
    })
}

/// What a variable of the environment says.
#[allow(clippy::disallowed_methods, reason = "long runs and other seeds are asked for by environment variables")]
fn said(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// In how many orders the requests of two writers may come.
fn orders(requests: &[u64]) -> usize {
    let [one, other] = requests[..] else { return 0 };
    (1..=one).fold(1, |all, number| all * (other + number) / number).try_into().unwrap_or(usize::MAX)
}

/// An account that has looked up all that a pair needs, and has its token.
async fn warmed(scene: &Scene, pair: &Pair, sandbox: &mapwright_sandbox::Sandbox) -> Account {
    let account = scene.account();
    let interpreter = Interpreter::new(Direct(sandbox.clone()));
    let read = interpreter.get(&account, &scene.mapping, scene.lead(), Vec::new()).await;
    assert!(read.result.is_ok(), "{}: {:?}", scene.id(), read.result);
    for body in &pair.bodies {
        let plan = interpreter.plan(&account, &scene.mapping, scene.lead(), body, Options::default(), true).await;
        assert_eq!(plan.plan.refusal, None, "{} {}", scene.id(), pair.name);
    }
    account
}

/// Runs a pair with its requests in every order.
async fn tried(scene: &Scene, pair: &Pair) -> Row {
    // Tokens and look-ups are those of one provider, of which each order has a copy.
    let warm = scene.first.fork();
    let mut account = warmed(scene, pair, &warm).await;
    let mut since = Instant::now();
    let interpreter = Interpreter::new(Direct(warm.fork()));
    let read = interpreter.get(&account, &scene.mapping, scene.lead(), Vec::new()).await;
    let version = read.result.expect("the lead can be read").version;
    let mut options = Options::default();
    if pair.versioned {
        options.if_match = Some(vec![version.tag()]);
    }
    let run = |account: &Account, lane: usize| Run {
        account: account.clone(),
        mapping: scene.mapping.clone(),
        lead: scene.lead().to_owned(),
        body: pair.bodies[lane].clone(),
        options: options.clone(),
    };
    let (mut alone, mut requests) = (Vec::new(), Vec::new());
    for lane in 0..2 {
        let sandbox = warm.fork();
        let finished = run(&account, lane).over(Direct(sandbox.clone())).await;
        assert!(finished.result.is_ok(), "{} {}: {:?}", scene.id(), pair.name, finished.result);
        let sent = finished.trace.calls.iter().map(|call| call.attempts.len() as u64);
        requests.push(sent.sum::<u64>());
        alone.push(Alone { changes: scene.changes(&sandbox) });
    }
    let mut serial = Vec::new();
    for lanes in [[0, 1], [1, 0]] {
        let sandbox = warm.fork();
        for lane in lanes {
            let run = Run { options: Options::default(), ..run(&account, lane) };
            drop(run.over(Direct(sandbox.clone())).await);
        }
        serial.push(scene.changes(&sandbox));
    }
    let mut row = Row::new(scene, pair, matches!(version, Version::Strong(_)));
    let is_all = said("WRITERS").is_some_and(|which| which == "all") || orders(&requests) <= FEW;
    let seed = said("WRITERS_SEED").and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut order = if is_all { Order::all() } else { Order::some(FEW, seed) };
    loop {
        if since.elapsed() > KEPT {
            account = warmed(scene, pair, &warm).await;
            since = Instant::now();
        }
        // The pace of the account is that of a service at rest.
        advance(Duration::from_secs(15)).await;
        let sandbox = warm.fork();
        let ended = both([run(&account, 0), run(&account, 1)], &sandbox, &mut order).await;
        row.requests = row.requests.max(order.len());
        let verdict: Verdict = verdict(&alone, &serial, &scene.changes(&sandbox), &ended);
        row.count(&verdict, &order, &ended);
        if !order.advance() {
            return row;
        }
    }
}
