//! The harness itself: what it is made of does what it says.

use std::collections::BTreeSet;

use crate::chance::Chance;
use crate::harness;
use crate::minimal::minimal;
use crate::mutate::mutated;
use crate::seeds;
use crate::targets::{self, LARGEST, TARGETS};
use crate::watchdog;

#[test]
fn the_same_seed_gives_the_same_inputs() {
    let target = targets::find("query");
    let seeds = seeds::seeds(target.name);
    let row = |seed| -> Vec<Vec<u8>> {
        (0..50).map(|input| mutated(&mut Chance::of(seed, "query", input), target, &seeds)).collect()
    };
    assert_eq!(row(1), row(1));
    assert_ne!(row(1), row(2));
    assert!(row(1).iter().collect::<BTreeSet<_>>().len() > 45, "inputs are not alike");
}

#[test]
fn no_input_is_larger_than_the_bound() {
    for target in TARGETS {
        let seeds = seeds::seeds(target.name);
        assert!(!seeds.is_empty(), "{}", target.name);
        for input in 0..40 {
            let made = mutated(&mut Chance::of(7, target.name, input), target, &seeds);
            assert!(made.len() <= LARGEST, "{}: {} bytes", target.name, made.len());
        }
    }
}

#[test]
fn the_smallest_part_that_fails_is_found() {
    let text = b"a long text with !boom! in it, and more of it behind";
    let small = minimal(text, &mut |bytes| bytes.windows(4).any(|part| part == b"boom"));
    assert_eq!(small, b"boom");
}

#[test]
fn hang() {
    finds("hang", watchdog::WORDS);
}

#[test]
fn hoard() {
    finds("hoard", "the file fails: it takes 6");
}

#[test]
fn panic() {
    finds("panic", "it is bad\n1 bytes of 4: !");
}

/// Runs a target that breaks a bound: well on a good input, and found out, with these words, on a bad one.
fn finds(name: &str, words: &str) {
    if harness::is_child(name) {
        crate::child::run(name);
        return;
    }
    let own = format!("selftest::{name}");
    let (is_well, said) = harness::run_on(name, &own, b"a good one");
    assert!(is_well, "{said}");
    let (is_well, said) = harness::run_on(name, &own, b"!bad");
    assert!(!is_well && said.contains(words), "{said}");
}
