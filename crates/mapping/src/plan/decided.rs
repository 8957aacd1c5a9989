//! What a run has decided before it writes, kept from one reply to the next: a run starts over with every reply, and
//! decides again only where what it has looked at is not the same.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::drive::{Drive, Fetched, States, Stop};
use super::known::Known;
use super::step::{Replies, StepKey};
use super::verdict::Work;
use crate::mapping::TableId;

/// A decision, with what it was made from.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    /// The replies that were looked at.
    replies: Vec<(StepKey, u64)>,
    states: States,
    tables: BTreeMap<(TableId, u32), Known<Fetched>>,
    work: Shared<Work>,
}

impl Decided {
    /// Whether the same replies are at hand, so that the same would be decided.
    fn holds(&self, replies: &Replies) -> bool {
        self.replies.iter().all(|(key, id)| replies.get(key).is_some_and(|arrived| arrived.id() == *id))
    }
}

impl Drive<'_> {
    /// Decides the patch, or takes what was decided from the same replies.
    pub(super) fn decided(&mut self) -> Result<(), Stop> {
        let kept = self.run.kept.decided.get().filter(|kept| self.live && kept.holds(self.replies));
        if let Some(kept) = kept {
            self.asked = kept.replies.iter().map(|(key, _)| key.clone()).collect();
            self.states = kept.states.clone();
            self.tables = kept.tables.clone();
            self.work = kept.work.clone();
            return Ok(());
        }
        match self.decide() {
            Err(Stop::Trouble(trouble)) if trouble.failure.outcomes.is_empty() => {
                return Err(Stop::Trouble(Box::new(self.before_writing(*trouble))));
            }
            other => other?,
        }
        match self.precondition() {
            Err(Stop::Trouble(trouble)) => return Err(Stop::Trouble(Box::new(self.before_writing(*trouble)))),
            other => other?,
        }
        if self.live {
            self.keep_decided();
        }
        Ok(())
    }

    /// Keeps what was decided.
    pub(super) fn keep_decided(&self) {
        let id = |key: &StepKey| Some((key.clone(), self.replies.get(key)?.id()));
        let Some(replies) = self.asked.iter().map(id).collect() else { return };
        let decided =
            Decided { replies, states: self.states.clone(), tables: self.tables.clone(), work: self.work.clone() };
        // Another thread may have kept the same.
        let _ = self.run.kept.decided.set(decided);
    }
}

/// A value that is shared until somebody changes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared<T>(Arc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}
