//! Callers who write one lead after the other, each with an idempotency key, until the service is gone.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, Client, Provider};

/// A write with its key, that is sent until its end is known.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) account: Uuid,
    pub(super) provider: usize,
    pub(super) lead: String,
    /// The key is the value too: no two writes have the same.
    pub(super) value: String,
    pub(super) patch: Value,
}

/// What callers were told before the service was gone.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Answered with success, and the body of the answer.
    pub(super) written: Vec<(Write, Vec<u8>)>,
    /// Without an answer.
    pub(super) cut: Vec<Write>,
}

impl Write {
    pub(super) fn send(&self, client: &Client) -> io::Result<Answer> {
        client.patch(self.account, &self.lead, &self.patch).key(&self.value).try_send()
    }
}

/// Lets a caller for each lead write, one value after the other, while `meanwhile` is done, which sees how many answers
/// there were.
pub(super) fn write(
    client: &Client,
    accounts: &[(Provider, Uuid)],
    leads: &[Vec<String>],
    round: usize,
    meanwhile: impl FnOnce(&AtomicUsize),
) -> Told {
    let all = leads.iter().enumerate().flat_map(|(number, leads)| leads.iter().map(move |lead| (number, lead)));
    let answered = &AtomicUsize::new(0);
    thread::scope(|scope| {
        let writers: Vec<_> = all
            .map(|(number, lead)| {
                let (provider, account) = &accounts[number];
                // Some providers take fifty characters.
                let short = &lead[lead.len().saturating_sub(8)..];
                scope.spawn(move || {
                    let mut told = Told::default();
                    for count in 0.. {
                        let value = format!("round {round} {short} value {count}.");
                        let patch = provider.patch(&value);
                        let write = Write { account: *account, provider: number, lead: lead.clone(), value, patch };
                        let Ok(answer) = write.send(client) else {
                            told.cut.push(write);
                            break;
                        };
                        assert_eq!(answer.status, 200, "{}: {}", provider.id, answer.text());
                        told.written.push((write, answer.body));
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    told
                })
            })
            .collect();
        meanwhile(answered);
        writers.into_iter().map(|writer| writer.join().expect("no panic")).fold(Told::default(), |mut all, told| {
            all.written.extend(told.written);
            all.cut.extend(told.cut);
            all
        })
    })
}
