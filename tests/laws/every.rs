//! One patch, judged by every law: frame, put-get up to measured loss, honesty, get-put and put-put, all on the record
//! that the patch has left.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use mapwright_mapping::outcome::Fate;

use crate::desk::Desk;
use crate::hints::Hints;
use crate::judge::{Ran, Says, Trial, Verdict, named};
use crate::story::{Story, drawn, to_draw};

/// What a run has seen.
#[derive(Default)]
struct Seen {
    patches: u64,
    made: u64,
    refused: u64,
    failed: u64,
    leaves: u64,
    sent_back: u64,
    fates: BTreeMap<&'static str, u64>,
    drawn: BTreeSet<String>,
}

/// A line of the table at the end.
static ROWS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The laws, on as many patches as are asked for.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let stories = desk.stories();
    let seen = RefCell::new(Seen::default());
    // Every part of the demo's account is drawn, and some of the others'.
    let cases = stories.parts() + 40;
    let trial = Trial { provider: hints.provider, test: "every_law_holds_for_every_patch", cases, percent: 35 };
    let ran = trial.run(|case| stories.of(case), |story| judge(&desk, &story, &seen));
    let seen = seen.into_inner();
    report(hints.provider, &ran, &seen);
    trial.judge(&ran);
    if ran.cases >= cases {
        let missing: Vec<String> = to_draw(&desk).into_iter().filter(|name| !seen.drawn.contains(name)).collect();
        assert_eq!(missing, Vec::<String>::new(), "nothing was drawn for these");
    }
}

fn judge(desk: &Desk, story: &Story, seen: &RefCell<Seen>) -> Verdict {
    desk.begin(story);
    let before = desk.snapshot();
    let ended = desk.patch(&story.id, &story.patch, story.options());
    let after = desk.snapshot();
    named("wire", desk.check_wire(&story.patch, story.lists, &before, &ended.writes))?;
    named("frame", desk.check_frame(&before, &after, &ended.writes))?;
    let mut seen = seen.borrow_mut();
    seen.patches += 1;
    if story.account == 0 {
        seen.drawn.extend(drawn(desk, story));
    }
    seen.leaves += desk.leaves(&story.patch).len() as u64;
    let success = match ended.result {
        Ok(success) => success,
        Err(failure) => {
            *(if failure.fault.is_some() { &mut seen.failed } else { &mut seen.refused }) += 1;
            named("honesty of a failure", desk.failure(&before, &after, story, &failure, &ended.writes))?;
            return Ok(Says::Nothing);
        }
    };
    seen.made += 1;
    for outcome in &success.outcomes {
        *seen.fates.entry(outcome.outcome.as_str()).or_default() += 1;
    }
    named("honesty", desk.honesty(&before, &after, story, &success))?;
    named("put-get", desk.put_get(&after, story, &success))?;
    if named("get-put", desk.get_put(&after, story, &success))? == Says::Something {
        seen.sent_back += 1;
    }
    desk.sandbox.go_back(&after.moment);
    named("put-put", desk.put_put(&after, story, &success))?;
    named("honesty of what is not sent", desk.unsent(&before, &after, story, &success))?;
    Ok(Says::Something)
}

/// Adds a line to the table, and prints what there is of it.
fn report(provider: &str, ran: &Ran, seen: &Seen) {
    let fate = |fate: Fate| seen.fates.get(fate.as_str()).copied().unwrap_or_default();
    let unsent = [Fate::ReadOnly, Fate::Unsupported, Fate::NoSlot, Fate::Unchanged];
    let row = format!(
        "| {provider} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} |",
        ran.seed,
        ran.cases,
        seen.leaves,
        seen.made,
        seen.refused,
        seen.failed,
        fate(Fate::Written),
        fate(Fate::Lossy),
        fate(Fate::Altered),
        unsent.into_iter().map(fate).sum::<u64>(),
        ran.violations.len(),
        ran.took.as_secs_f64()
    );
    let Ok(mut rows) = ROWS.lock() else { return };
    rows.push(row);
    let head = "| provider | seed | patches | leaves drawn | made | refused before sending | refused by the provider | \
                written | lossy | altered | not sent | violations | seconds |";
    println!("{head}\n|---|{}\n{}", "---|".repeat(12), rows.join("\n"));
}
