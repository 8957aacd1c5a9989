//! What two writers have come to.

use mapwright_interpreter::Finished;
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use mapwright_mapping::provider::Class;

use crate::scene::Changes;

/// How the words end that a writer is told with a value that takes others along.
const FORETOLD: &str = "what somebody else changes there in between is overwritten";

/// What a writer does where there is no other.
pub(crate) struct Alone {
    pub(crate) changes: Changes,
}

/// What two writers have come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) record: Record,
    /// How many were told that the record shows something else than they sent, or that it was not of their version.
    pub(crate) told: usize,
    /// Whether a writer was told that what others write beside it in between is overwritten.
    pub(crate) is_foretold: bool,
    /// How many were refused because the record was not of their version.
    pub(crate) refused: usize,
}

/// What the provider has afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// All that both wrote.
    Both,
    /// What it has when one writer comes after the other and takes back what that one wrote, or was refused.
    One,
    /// What no order of the writers as a whole leaves behind: an update is lost, or two are mixed.
    Lost,
}

/// Holds what the provider has, and what the writers were told, against what each does alone and both do in turn.
pub(crate) fn verdict(alone: &[Alone], serial: &[Changes], has: &Changes, ended: &[Finished; 2]) -> Verdict {
    let (mut told, mut refused) = (0, 0);
    for finished in ended {
        match &finished.result {
            Ok(success) => told += usize::from(success.outcomes.iter().any(|leaf| leaf.outcome == Fate::Altered)),
            Err(failure) => {
                let is_late = failure.class == Class::Conflict && failure.precondition;
                told += usize::from(is_late);
                refused += usize::from(is_late);
            }
        }
    }
    let is_one = alone.iter().any(|alone| alone.changes == *has);
    let record = match serial.iter().find(|serial| *serial == has) {
        // Who was refused has written nothing.
        _ if refused > 0 && is_one => Record::One,
        Some(_) if serial.iter().all(|serial| sorted(serial) == sorted(has)) => Record::Both,
        Some(_) => Record::One,
        None => Record::Lost,
    };
    let words = |leaf: &LeafOutcome| leaf.reason.as_ref().is_some_and(|reason| reason.ends_with(FORETOLD));
    let is_foretold =
        ended.iter().any(|finished| finished.result.as_ref().is_ok_and(|success| success.outcomes.iter().any(words)));
    Verdict { record, told, is_foretold, refused }
}

/// Changes with every list in one order: of pairs that both writers add to a list, any may come first.
fn sorted(changes: &Changes) -> Changes {
    let mut changes = changes.clone();
    for list in changes.values_mut().flatten().filter_map(serde_json::Value::as_array_mut) {
        list.sort_by_key(ToString::to_string);
    }
    changes
}
