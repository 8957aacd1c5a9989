//! Bytes that nobody wrote on purpose, at every place where bytes come in: no panic, no hang, bounded memory.
//!
//! Each target of `fuzz/targets/` is one entry point. Its test runs it in a process of its own: on the inputs of
//! `fuzz/found/`, which have failed before, on its seeds, which are shipped files, and on what the mutations of
//! `fuzz/mutate/` make of those. `FUZZ_INPUTS` is the number of made inputs of each target, `FUZZ_SEED` another row of
//! them; the same number gives the same inputs. The first failure ends the run and leaves the input as a file.
//!
//! `fuzz/libfuzzer/` drives the same targets by coverage.

#[path = "fuzz/chance.rs"]
mod chance;
#[path = "fuzz/child.rs"]
mod child;
#[path = "fuzz/harness.rs"]
mod harness;
#[path = "fuzz/minimal.rs"]
mod minimal;
#[path = "fuzz/mutate/mod.rs"]
mod mutate;
#[path = "fuzz/process.rs"]
mod process;
#[path = "fuzz/seeds.rs"]
mod seeds;
#[path = "fuzz/selftest.rs"]
mod selftest;
#[path = "fuzz/targets/mod.rs"]
mod targets;
#[path = "fuzz/watchdog.rs"]
mod watchdog;

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                crate::harness::holds(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_run() {
            let known: Vec<&str> = crate::targets::TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(known, [$(stringify!($name)),*]);
        }
    };
}

targets!(
    provider, leads, payload, overlay, sandbox, case, model, account, settings, expression, patch, reply, token, query,
    body
);
