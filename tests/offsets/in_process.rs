//! Every byte of every body, in this process. Time is paused: waits cost nothing.
//!
//! Within a length that was stated the byte does not matter here, since a transport says only that the answer was cut
//! off; on the wire it does, see `sockets.rs`. Without a stated length a body that ends early looks whole.

use mapwright_interpreter::Interpreter;

use crate::case::Case;
use crate::fault::{Fault, Repeat, What};
use crate::inside::Inside;
use crate::patches::{self, Patch};
use crate::scene::{Scene, scenes};
use crate::spread::{Spread, in_parallel};
use crate::table::{Tally, report};

const ENDINGS: [What; 5] = [What::Refused, What::Request(0), What::Unanswered, What::Late, What::Within];

#[test]
fn whatever_byte_is_the_last_the_run_says_what_the_provider_has() {
    let scenes = scenes();
    let patches = patches::all();
    let tallies = in_parallel(&patches, |patch| {
        let scene = scenes.iter().find(|scene| scene.id() == patch.provider).expect("it is shipped");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(tried(scene, patch))
    });
    report("Every byte of every body, in process", &tallies);
}

async fn tried(scene: &Scene, patch: &Patch) -> Tally {
    let case = Case::new(scene, patch).await;
    let mut tally = Tally::new(&case);
    let repeated = Spread::every(31);
    eprintln!(
        "{} {} {:?}",
        scene.id(),
        patch.name,
        case.exchanges.iter().map(|e| (e.step.as_str(), e.response.body().len())).collect::<Vec<_>>()
    );
    let begun = std::time::Instant::now();
    for _ in 0..50 {
        let s = scene.first.fork();
        let _ = case.run(&Interpreter::new(Inside::new(s, None))).await;
    }
    eprintln!("{} {} run {:?}", scene.id(), patch.name, begun.elapsed() / 50);
    let begun = std::time::Instant::now();
    for _ in 0..50 {
        let s = scene.first.fork();
        let _ = scene.account();
        let _ = scene.changes(&s);
    }
    eprintln!("{} {} fork {:?}", scene.id(), patch.name, begun.elapsed() / 50);
    if std::env::var("M").is_ok() {
        return tally;
    }
    for (at, exchange) in case.exchanges.iter().enumerate() {
        for repeat in [Repeat::Once, Repeat::Same, Repeat::On] {
            for what in ENDINGS {
                run(&case, Fault { at, what, repeat }, &mut tally).await;
            }
            for length in 0..exchange.response.body().len() {
                if repeat == Repeat::Once || repeated.has(length) {
                    run(&case, Fault { at, what: What::Short(length), repeat }, &mut tally).await;
                }
            }
        }
        tally.bytes += exchange.response.body().len();
        tally.offsets += exchange.response.body().len();
    }
    tally
}

async fn run(case: &Case<'_>, fault: Fault, tally: &mut Tally) {
    let sandbox = case.scene.first.fork();
    let inside = Inside::new(sandbox.clone(), Some(fault));
    let finished = case.run(&Interpreter::new(inside.clone())).await;
    assert!(inside.met() > 0, "{}", case.named(&fault));
    tally.count(case, &fault, case.judge(&finished, &sandbox));
}
