//! Every byte of every body, in this process. Time is paused: waits cost nothing.
//!
//! Within a length that was stated the byte does not matter here, since a transport says only that the answer was cut
//! off; on the wire it does, see `sockets.rs`. Without a stated length a body that ends early looks whole.

use mapwright_interpreter::Interpreter;

use crate::case::{Case, How};
use crate::fault::{Fault, Repeat, What};
use crate::inside::Inside;
use crate::patches::{self, Patch};
use crate::scene::{Scene, scenes};
use crate::spread::{FEW, Spread, in_parallel, is_wanted};
use crate::table::{Tally, report};

const ENDINGS: [What; 5] = [What::Refused, What::Request(0), What::Unanswered, What::Late, What::Within];

const REPEATS: [Repeat; 3] = [Repeat::Once, Repeat::Same, Repeat::On];

#[test]
fn whatever_byte_is_the_last_the_run_says_what_the_provider_has() {
    let scenes = scenes();
    let patches: Vec<Patch> = patches::all().into_iter().filter(|patch| is_wanted(patch.provider)).collect();
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let tallies = in_parallel(at_once, &patches, |patch| {
        let scene = scenes.iter().find(|scene| scene.id() == patch.provider).expect("it is shipped");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(tried(scene, patch))
    });
    report("Bytes of bodies, in process", &tallies);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_there_twice_is_found_out() {
    let scenes = scenes();
    let patch = patches::all().into_iter().find(|patch| patch.provider == "nutshell").expect("a patch");
    let scene = scenes.iter().find(|scene| scene.id() == "nutshell").expect("it is shipped");
    let case = Case::new(scene, &patch).await;
    let sandbox = scene.first.fork();
    let finished = case.run(&Interpreter::new(Inside::new(sandbox.clone(), None))).await;
    assert_eq!(case.judge(&finished, &sandbox), Ok(How::Written));
    let lead = sandbox.state()["collections"]["leads"]["1003-leads"].clone();
    sandbox.put_record("leads", "1004-leads", lead).expect("a record");
    let judged = case.judge(&finished, &sandbox);
    assert!(judged.as_ref().is_err_and(|why| why.starts_with("the provider has what nobody wrote")), "{judged:?}");
}

async fn tried(scene: &Scene, patch: &Patch) -> Tally {
    let case = Case::new(scene, patch).await;
    let mut tally = Tally::new(&case);
    let spread = Spread::given();
    for (at, exchange) in case.exchanges.iter().enumerate() {
        // Where few offsets are tried, what only reads meets each ending once.
        let is_read = exchange.step.starts_with("read") || exchange.step.starts_with("look up");
        let repeats = if is_read && spread == Spread::Of(FEW) { 1 } else { 3 };
        for what in ENDINGS {
            for repeat in REPEATS.into_iter().take(repeats) {
                run(&case, Fault { at, what, repeat }, &mut tally).await;
            }
        }
        let length = exchange.response.body().len();
        let offsets = spread.below(length);
        tally.bytes += length;
        tally.offsets += offsets.len();
        for offset in offsets {
            for repeat in REPEATS.into_iter().take(if spread.is_repeated(offset) { 3 } else { 1 }) {
                run(&case, Fault { at, what: What::Short(offset), repeat }, &mut tally).await;
            }
        }
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
