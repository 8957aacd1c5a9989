//! Runs a law over many cases: seeded, shrinking, and failing where too few cases say anything.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Cases of a law on one provider, unless `LAW_CASES` says another number.
const CASES: u32 = 200;

/// Whether a case says anything about the law: a refused patch says nothing about what a patch leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Something,
    Nothing,
}

/// What a law says about one case.
pub(crate) type Verdict = Result<Says, TestCaseError>;

/// Checks a law. At least `percent` of the cases have to say something.
pub(crate) fn holds<S: Strategy>(cases: &S, percent: u32, law: impl Fn(S::Value) -> Verdict) {
    let count = number("LAW_CASES").and_then(|n| u32::try_from(n).ok()).unwrap_or(CASES);
    let seed = number("LAW_SEED").unwrap_or_default();
    let config = Config { cases: count, max_shrink_iters: 20_000, failure_persistence: None, ..Config::default() };
    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let told = Cell::new(0_u32);
    let result = runner.run(cases, |case| {
        if law(case)? == Says::Something {
            told.set(told.get() + 1);
        }
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(why, case)) => panic!("{why}\nsmallest case: {case:#?}\nseed: LAW_SEED={seed}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    assert!(told.get() * 100 >= count * percent, "only {} of {count} cases say something about the law", told.get());
}

#[allow(clippy::disallowed_methods, reason = "long runs and other seeds are asked for by environment variables")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
