//! Runs a law over many cases: each case has a seed of its own, shrinks, and can be repeated alone.
//!
//! `LAW_CASES` is the number of cases, `LAW_SEED` another row of cases, and `LAW_CASE` picks one case of that row.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// From so many cases on a run is a long one: it says how far it is, and goes on after a violation.
const LONG: u32 = 5_000;

/// Violations after which a long run stops.
const ENOUGH: usize = 8;

/// Steps of shrinking.
const STEPS: u32 = 4_000;

/// Whether a case says anything about the law: a refused patch says nothing about what a patch leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Something,
    Nothing,
}

/// What a law says about one case.
pub(crate) type Verdict = Result<Says, TestCaseError>;

/// What is run: the test's own name, for the command that repeats a case, and how much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trial {
    /// The provider.
    pub(crate) provider: &'static str,
    /// The test's name below the provider's module.
    pub(crate) test: &'static str,
    /// Cases unless `LAW_CASES` says another number.
    pub(crate) cases: u32,
    /// How many of a hundred cases have to say something.
    pub(crate) percent: u32,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) seed: u64,
    pub(crate) cases: u32,
    pub(crate) took: Duration,
    /// What was violated, with the smallest case and the command that repeats it.
    pub(crate) violations: Vec<String>,
    said: u32,
}

impl Trial {
    /// Checks a law; `case` gives the strategy of the case with that number.
    pub(crate) fn holds<S: Strategy>(self, case: impl FnMut(u32) -> S, law: impl Fn(S::Value) -> Verdict) {
        self.judge(&self.run(case, law));
    }

    /// Fails where the law does not hold.
    pub(crate) fn judge(self, ran: &Ran) {
        assert!(ran.violations.is_empty(), "{}", ran.violations.join("\n\n"));
        assert!(
            ran.said * 100 >= ran.cases * self.percent,
            "only {} of {} cases say something about the law",
            ran.said,
            ran.cases
        );
    }

    /// Runs a law over all cases.
    pub(crate) fn run<S: Strategy>(self, mut case: impl FnMut(u32) -> S, law: impl Fn(S::Value) -> Verdict) -> Ran {
        let seed = number("LAW_SEED").unwrap_or_default();
        let count = number("LAW_CASES").and_then(|n| u32::try_from(n).ok()).unwrap_or(self.cases);
        let only = number("LAW_CASE").and_then(|n| u32::try_from(n).ok());
        let (is_long, start) = (count >= LONG, Instant::now());
        let mut ran = Ran { seed, cases: 0, took: Duration::ZERO, violations: Vec::new(), said: 0 };
        let mut told = Instant::now();
        for number in only.map_or(0..count, |only| only..only.saturating_add(1)) {
            ran.cases += 1;
            let mut tree = case(number).new_tree(&mut runner(seed, number)).expect("a case");
            match guarded(&law, tree.current()) {
                Ok(Says::Something) => ran.said += 1,
                Ok(Says::Nothing) | Err(TestCaseError::Reject(_)) => {}
                Err(TestCaseError::Fail(why)) => {
                    let why = smallest(&mut tree, &law, why.message().to_owned());
                    let text = format!(
                        "{why}\nrepeat: LAW_SEED={seed} LAW_CASE={number} cargo test -p mapwright-sandbox --test laws {}::{}",
                        self.provider, self.test
                    );
                    if is_long {
                        eprintln!("{}: VIOLATION {text}", self.provider);
                    }
                    ran.violations.push(text);
                    if !is_long || ran.violations.len() >= ENOUGH {
                        break;
                    }
                }
            }
            if is_long && told.elapsed() > Duration::from_secs(10) {
                told = Instant::now();
                let (seconds, violations) = (start.elapsed().as_secs(), ran.violations.len());
                eprintln!(
                    "{} {} seed {seed}: {} of {count} after {seconds} s, {violations} violations",
                    self.provider, self.test, ran.cases
                );
            }
        }
        ran.took = start.elapsed();
        if only.is_some() {
            // One case alone says whether the law holds for it.
            ran.said = ran.cases;
        }
        ran
    }
}

/// The case as small as it still fails the same law, with the reason.
fn smallest<T: ValueTree>(tree: &mut T, law: &impl Fn(T::Value) -> Verdict, why: String) -> String {
    let mut last = (why, tree.current());
    let mut fails = true;
    for _ in 0..STEPS {
        if !(if fails { tree.simplify() } else { tree.complicate() }) {
            break;
        }
        fails = match guarded(law, tree.current()) {
            Err(TestCaseError::Fail(why)) if name(why.message()) == name(&last.0) => {
                last = (why.message().to_owned(), tree.current());
                true
            }
            _ => false,
        };
    }
    format!("{}\nsmallest case: {:#?}", last.0, last.1)
}

/// The name of a law at the start of a reason.
fn name(why: &str) -> Option<&str> {
    why.split_once(':').map(|(name, _)| name)
}

/// The same reason with the law's name in front.
pub(crate) fn named<T>(law: &str, verdict: Result<T, TestCaseError>) -> Result<T, TestCaseError> {
    verdict.map_err(|error| match error {
        TestCaseError::Fail(why) => TestCaseError::fail(format!("{law}: {}", why.message())),
        other @ TestCaseError::Reject(_) => other,
    })
}

/// A law's verdict, also where the law ends in a panic.
fn guarded<T>(law: &impl Fn(T) -> Verdict, case: T) -> Verdict {
    let words = |panic: Box<dyn Any + Send>| match panic.downcast::<String>() {
        Ok(words) => *words,
        Err(panic) => panic.downcast::<&str>().map_or_else(|_| "no words".to_owned(), |words| (*words).to_owned()),
    };
    catch_unwind(AssertUnwindSafe(|| law(case)))
        .unwrap_or_else(|panic| Err(TestCaseError::fail(format!("panic: {}", words(panic)))))
}

/// Where a case's values come from: from the seed and the number of the case alone.
fn runner(seed: u64, case: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&case.to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

#[allow(clippy::disallowed_methods, reason = "long runs and other seeds are asked for by environment variables")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
