//! A caller who writes one lead, value after value, each with a key of its own, and retries as the client for Node does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use mapwright_server::store::{Change, State, Store};
use uuid::Uuid;

use super::count::Count;
use crate::support::{Answer, Client, Provider, run};

/// What that client retries, within milliseconds, and how often.
const RETRIED: [u16; 7] = [408, 409, 425, 429, 502, 503, 504];
const RETRIES: usize = 3;

/// One value of a lead, and what its caller was told of it at last.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// No two writes have the same.
    pub(super) value: String,
    pub(super) last: Word,
    /// Whether one of the answers said that nobody knows.
    pub(super) ambiguous: bool,
    /// How many answers were of a run, and not of a kept answer or a refusal of the service itself.
    pub(super) runs: usize,
}

/// What an answer says of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It is written.
    Written,
    /// It is not.
    Not,
    /// Nobody knows.
    Unknown,
}

/// A caller and the lead that nobody else writes.
pub(super) struct Writer<'a> {
    pub(super) client: &'a Client,
    pub(super) store: &'a Store,
    pub(super) provider: &'a Provider,
    pub(super) account: Uuid,
    pub(super) lead: &'a str,
}

impl Writer<'_> {
    /// Writes until it is over.
    pub(super) fn write(&self, over: &AtomicBool) -> (Vec<Told>, Count) {
        let (mut told, mut count) = (Vec::new(), Count::default());
        while !over.load(Ordering::Relaxed) {
            let value = format!("{} of {}.", told.len(), self.lead);
            told.push(self.one(value, &mut count));
        }
        (told, count)
    }

    /// Writes one value; a key that is in use is waited for, as a caller does who wants to know.
    fn one(&self, value: String, count: &mut Count) -> Told {
        let request = self.client.patch(self.account, self.lead, &self.provider.patch(&value)).key(&value);
        let mut told = Told { value, last: Word::Not, ambiguous: false, runs: 0 };
        let mut tries = 0;
        loop {
            let answer = request.send();
            count.one(&format!("answer: {} {}", answer.status, answer.code()));
            if answer.code() == "key-in-use" {
                thread::sleep(Duration::from_millis(50));
                continue;
            }
            tries += 1;
            self.hear(&answer, &mut told);
            if answer.code() == "needs-reauth" || answer.code() == "provider-auth" {
                self.connect();
            }
            if !RETRIED.contains(&answer.status) || tries > RETRIES {
                count.one(&format!("told: {:?}", told.last));
                return told;
            }
        }
    }

    fn hear(&self, answer: &Answer, told: &mut Told) {
        let outcome = || answer.json()["field_outcomes"][0]["outcome"].as_str().map(str::to_owned);
        let word = match (answer.status, outcome().as_deref()) {
            (200, _) | (_, Some("written")) => Word::Written,
            // Without an outcome it was refused before anything was sent.
            (_, Some("rejected" | "not_sent") | None) => Word::Not,
            (_, Some("unknown")) => Word::Unknown,
            (_, Some(other)) => panic!("{} {other}: {}", answer.status, answer.text()),
        };
        if answer.status == 200 {
            assert_eq!(answer.json()[self.provider.leaf], told.value.as_str(), "{}", self.provider.id);
        }
        told.ambiguous |= word == Word::Unknown;
        told.runs += usize::from(answer.header("idempotency-replayed").is_none() && outcome().is_some());
        told.runs += usize::from(answer.header("idempotency-replayed").is_none() && answer.status == 200);
        // Nothing is unsaid by a later try that did not come as far.
        if word != Word::Not || told.last == Word::Not {
            told.last = word;
        }
    }

    /// Connects the account again, as a person does.
    fn connect(&self) {
        let change = Change { state: Some((State::Active, None)), ..Change::default() };
        run(self.store.change_account(self.account, None, &change)).expect("it is changed");
    }
}
