//! Changes of whole lines, and of what stands behind a line's `=`.

use super::dictionary::{KEYS, PIECES, VALUES};
use crate::chance::Chance;

/// Makes one change.
pub(super) fn changed(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = chance.below(lines.len());
    let other = chance.below(lines.len());
    match chance.below(8) {
        0 => {
            lines.remove(at);
        }
        1 => {
            let line = lines.get(at).cloned().unwrap_or_default();
            lines.insert(other, line);
        }
        2 => lines.swap(at, other),
        3 => {
            let value = chance.pick(VALUES).copied().unwrap_or_default();
            set(&mut lines, at, |line| {
                [line.split(|byte| *byte == b'=').next().unwrap_or_default(), b"= ", value.as_bytes()].concat()
            });
        }
        4 => {
            let key = chance.pick(KEYS).copied().unwrap_or_default();
            set(&mut lines, at, |line| {
                let behind =
                    line.iter().position(|byte| *byte == b'=').and_then(|at| line.get(at..)).unwrap_or_default();
                [key.as_bytes(), b" ", behind].concat()
            });
        }
        5 => {
            let piece = chance.pick(PIECES).copied().unwrap_or_default();
            let within = chance.below(lines.get(at).map_or(0, Vec::len) + 1);
            set(&mut lines, at, |line| {
                let (before, behind) = line.split_at(within.min(line.len()));
                [before, piece.as_bytes(), behind].concat()
            });
        }
        6 => lines.iter_mut().for_each(|line| line.push(b'\r')),
        _ => {
            // Two lines become one.
            let next = if at + 1 < lines.len() { lines.remove(at + 1) } else { Vec::new() };
            set(&mut lines, at, |line| [line, &next].concat());
        }
    }
    *bytes = lines.join(&b'\n');
}

fn set(lines: &mut [Vec<u8>], at: usize, change: impl FnOnce(&[u8]) -> Vec<u8>) {
    if let Some(line) = lines.get_mut(at) {
        *line = change(line);
    }
}
