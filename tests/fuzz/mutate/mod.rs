//! From a seed to an input: some changes, each of bytes, of lines, or of the tree that the bytes say.

mod bytes;
mod dictionary;
mod lines;
mod tree;
mod write;

use std::thread;

use crate::chance::Chance;
use crate::targets::{LARGEST, Syntax, Target};

/// The most changes of one input.
const MOST_CHANGES: usize = 5;

/// An input of a target, at most [`LARGEST`] bytes.
pub(crate) fn mutated(chance: &mut Chance, target: &Target, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = chance.pick(seeds).cloned().unwrap_or_default();
    // Now and then the rest meets another choice.
    if chance.one_in(4) && target.chooses > 0 {
        let at = chance.below(target.chooses);
        let digit = b'0' + u8::try_from(chance.below(40)).unwrap_or(0);
        input.iter_mut().skip(at).take(1).for_each(|byte| *byte = digit);
    }
    let choices: Vec<u8> = input.iter().copied().take(target.chooses).collect();
    let mut rest: Vec<u8> = input.into_iter().skip(target.chooses).collect();
    for _ in 0..=chance.below(MOST_CHANGES) {
        changed(chance, target, seeds, &mut rest);
    }
    rest.truncate(LARGEST - choices.len());
    choices.into_iter().chain(rest).collect()
}

/// Makes one change. Most are of the tree, since they come further.
fn changed(chance: &mut Chance, target: &Target, seeds: &[Vec<u8>], rest: &mut Vec<u8>) {
    let whole = match (target.syntax, chance.below(10)) {
        (Syntax::Toml, 0..=4) => with_stack(|| tree::changed_toml(chance, rest)),
        (Syntax::Json, 0..=6) => with_stack(|| tree::changed_json(chance, rest)),
        (Syntax::Toml | Syntax::Text, 5..=7) => {
            lines::changed(chance, rest);
            None
        }
        _ => {
            bytes::changed(chance, seeds, rest);
            None
        }
    };
    if let Some(whole) = whole {
        *rest = whole;
    }
}

/// Works on a tree of any depth: what a target may not survive, this has to.
fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, work).expect("a thread");
        worker.join().expect("the tree is worked on")
    })
}
