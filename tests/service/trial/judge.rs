//! Holds a provider's log and state against what callers were told.

use super::count::Count;
use super::writer::{Told, Word};
use crate::support::{Provider, is_effect};

/// The most exchanges that a simulated provider keeps.
const KEPT: usize = 10_000;

/// One lead at a provider, with all that its caller was told.
pub(super) fn judge(provider: &Provider, lead: &str, told: &[Told], count: &mut Count) -> Vec<String> {
    let log = provider.sandbox.log();
    assert!(log.len() < KEPT, "{}: the log has not kept everything; make laps shorter", provider.id);
    let marks: Vec<String> = told.iter().map(|told| format!("{:?}", told.value)).collect();
    // What was done to this lead, in order: the number of the value.
    let done: Vec<usize> = log
        .iter()
        .filter(|exchange| is_effect(exchange))
        .filter_map(|exchange| {
            let body = String::from_utf8_lossy(&exchange.body).replace("\\\"", "\"");
            marks.iter().position(|mark| body.contains(mark.as_str()))
        })
        .collect();
    let mut wrong = Vec::new();
    let mut say = |told: &Told, what: &str| wrong.push(format!("{} {lead}: {what}: {told:?}", provider.id));
    for (number, told) in told.iter().enumerate() {
        let times = done.iter().filter(|value| **value == number).count();
        match (told.last, times) {
            (Word::Written, 0) => say(told, "LOST: told to be written, and never done"),
            (Word::Not, 1..) => say(told, "told not to be written, and done"),
            (Word::Written | Word::Unknown, 2..) if !told.ambiguous && told.runs < 2 => {
                count.one("set again by one run");
            }
            _ => {}
        }
        count.one(&format!("done {} times, told {:?}", times.min(3), told.last));
    }
    // A value that comes back after a later one has undone that one, and its caller was not told that it might.
    let undone = done.windows(2).find(|pair| pair[0] > pair[1] && told[pair[1]].last != Word::Unknown);
    if let Some(pair) = undone {
        say(&told[pair[1]], "DOUBLED: done again after a later value");
    }
    let known = |number: &usize| told[*number].last != Word::Unknown;
    let last = told.iter().rposition(|told| told.last == Word::Written);
    let after = last.map_or(0, |last| last + 1);
    let unknown = (after..told.len()).filter(|number| !known(number));
    let allowed: Vec<&str> = last.into_iter().chain(unknown).map(|number| told[number].value.as_str()).collect();
    let value = provider.value(lead);
    if last.is_some() && !allowed.iter().any(|allowed| value == *allowed) {
        wrong.push(format!("{} {lead}: LOST: the record has {value}, and told was {allowed:?}", provider.id));
    }
    wrong
}
