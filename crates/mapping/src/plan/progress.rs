//! How far a run has come, kept from one reply to the next: a run starts over with every reply, and goes on from there
//! where there are only more of them.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::drive::{Drive, Fetched, States, Stop};
use super::known::Known;
use super::resource::Reading;
use super::shared::Shared;
use super::state::State;
use super::step::{Replies, StepKey};
use super::verdict::{Carrier, Work};
use crate::mapping::{RecordId, TableId};
use crate::outcome::Unread;

/// A place to go on from: the start of a write, or of a field of the resource that is read.
#[derive(Debug)]
pub(crate) struct Progress {
    /// The replies that were looked at; none where no reply has to do with it.
    origin: Option<u64>,
    asked: Vec<StepKey>,
    states: States,
    tables: BTreeMap<(TableId, u32), Known<Fetched>>,
    answers: BTreeMap<RecordId, Arc<State>>,
    lost: BTreeSet<RecordId>,
    looks: u32,
    wrote: bool,
    fresh: bool,
    work: Shared<Work>,
    unread: Vec<Unread>,
    written: usize,
    done: Vec<(Carrier, String)>,
    reading: Reading,
}

impl Progress {
    /// Whether the same replies are at hand, so that a run would come this far again.
    fn holds(&self, replies: &Replies) -> bool {
        self.origin.is_none_or(|origin| origin == replies.origin())
    }
}

/// The latest progress of a run. Copies of a run share it: who goes on from it takes it, and anyone else begins anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Latest(Arc<Mutex<Option<Box<Progress>>>>);

impl Latest {
    fn lock(&self) -> MutexGuard<'_, Option<Box<Progress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drive<'_> {
    /// Goes on from the latest progress, where it holds; tells whether it does.
    pub(super) fn resume(&mut self) -> bool {
        if !self.live {
            return false;
        }
        let latest = self.run.kept.progress.lock().take();
        let Some(latest) = latest.filter(|latest| latest.holds(self.replies)) else { return false };
        let Progress {
            origin: _,
            asked,
            states,
            tables,
            answers,
            lost,
            looks,
            wrote,
            fresh,
            work,
            unread,
            written,
            done,
            reading,
        } = *latest;
        self.asked = asked;
        (self.states, self.tables, self.answers, self.lost) = (states, tables, answers, lost);
        (self.looks, self.wrote, self.fresh) = (looks, wrote, fresh);
        (self.work, self.unread) = (work, unread);
        (self.written, self.done, self.reading) = (written, done, reading);
        true
    }

    /// Keeps how far the run has come where it stops for a request that has to be sent first.
    pub(super) fn keep_on<T>(&mut self, result: Result<T, Stop>) -> Result<T, Stop> {
        if self.live && matches!(result, Err(Stop::Need(_))) && !self.reading.torn {
            self.keep();
        }
        result
    }

    /// Keeps how far the run has come, and leaves nothing of it here: the drive ends with this.
    pub(super) fn keep(&mut self) {
        // What is asked for and not at hand yet is the last, and asked for again.
        self.asked.pop_if(|key| self.replies.get(key).is_none());
        let progress = Progress {
            origin: (!self.asked.is_empty()).then(|| self.replies.origin()),
            asked: take(&mut self.asked),
            states: take(&mut self.states),
            tables: take(&mut self.tables),
            answers: take(&mut self.answers),
            lost: take(&mut self.lost),
            looks: self.looks,
            wrote: self.wrote,
            fresh: self.fresh,
            work: take(&mut self.work),
            unread: take(&mut self.unread),
            written: self.written,
            done: take(&mut self.done),
            reading: take(&mut self.reading),
        };
        *self.run.kept.progress.lock() = Some(Box::new(progress));
    }
}
