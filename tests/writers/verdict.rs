//! What two writers have come to.

use mapwright_interpreter::Finished;
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use mapwright_mapping::provider::Class;

use crate::scene::Changes;

/// What a writer does where there is no other.
pub(crate) struct Alone {
    pub(crate) changes: Changes,
    pub(crate) outcomes: Vec<LeafOutcome>,
}

/// What two writers have come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) record: Record,
    /// How many were told that the record shows something else than they sent, or that it was not of their version.
    pub(crate) told: usize,
    /// How many were refused because the record was not of their version.
    pub(crate) refused: usize,
    /// How many say that all is written.
    pub(crate) content: usize,
}

/// What the provider has afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// What it has when one writer comes after the other, and all that both wrote.
    Both,
    /// What it has when one writer comes after the other: one value stands, or one writer was refused.
    One,
    /// What no order of the writers as a whole leaves behind: an update is lost, or two are mixed.
    Lost,
}

/// Holds what the provider has, and what the writers were told, against what each does alone and both do in turn.
pub(crate) fn verdict(alone: &[Alone], serial: &[Changes], has: &Changes, ended: &[Finished; 2]) -> Verdict {
    let stands = |alone: &Alone| alone.changes.iter().all(|(at, now)| has.get(at) == Some(now));
    let record = if !serial.contains(has) {
        Record::Lost
    } else if alone.iter().all(stands) {
        Record::Both
    } else {
        Record::One
    };
    let (mut told, mut refused, mut content) = (0, 0, 0);
    for (finished, alone) in ended.iter().zip(alone) {
        match &finished.result {
            Ok(success) if success.outcomes == alone.outcomes => content += 1,
            Ok(success) => told += usize::from(success.outcomes.iter().any(|leaf| leaf.outcome == Fate::Altered)),
            Err(failure) => {
                let is_late = failure.class == Class::Conflict && failure.precondition;
                told += usize::from(is_late);
                refused += usize::from(is_late);
            }
        }
    }
    Verdict { record, told, refused, content }
}
