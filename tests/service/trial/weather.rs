//! Faults that come and go.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use uuid::Uuid;

use super::count::Count;
use crate::support::{Provider, Random};

/// What goes wrong with any request, or with those that write, or with those that read.
const FAULTS: [&str; 19] = [
    "400",
    "401",
    "403",
    "404",
    "409",
    "422",
    "429",
    "500",
    "502",
    "503",
    "504",
    "html",
    "half",
    "truncated",
    "slow=50ms",
    "slow=400ms",
    "slow=3s",
    "cut-before",
    "cut-after",
];

/// Which requests it meets.
const SCOPES: [&str; 4] = ["", "@write", "@read", "@write*2"];

/// What goes wrong with requests for tokens and loses none.
const TOKENS: [&str; 4] = ["500@token", "503@token", "html@token", "cut-before@token"];

/// Provokes faults until it is over, and expires tokens.
pub(super) fn blow(accounts: &[(Provider, Uuid)], seed: u64, over: &AtomicBool) -> Count {
    let (mut random, mut count) = (Random::new(seed), Count::default());
    while !over.load(Ordering::Relaxed) {
        for (provider, _) in accounts {
            let fault = match random.below(20) {
                0 => {
                    provider.sandbox.expire_tokens();
                    count.one("fault: tokens expire");
                    continue;
                }
                1 => (*random.one(&TOKENS)).to_owned(),
                // A provider that is well for a while.
                2..=6 => {
                    provider.sandbox.clear_faults();
                    continue;
                }
                _ => format!("{}{}", random.one(&FAULTS), random.one(&SCOPES)),
            };
            count.one(&format!("fault: {fault}"));
            provider.provoke(&fault);
        }
        thread::sleep(Duration::from_millis(100 + random.below(100)));
    }
    for (provider, _) in accounts {
        provider.sandbox.clear_faults();
    }
    count
}
