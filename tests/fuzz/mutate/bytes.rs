//! Changes of bytes, whatever they say.

use super::dictionary::PIECES;
use crate::chance::Chance;
use crate::targets::LARGEST;

/// Makes one change.
pub(super) fn changed(chance: &mut Chance, seeds: &[Vec<u8>], bytes: &mut Vec<u8>) {
    let at = chance.below(bytes.len() + 1);
    let longest = if chance.one_in(4) { 400 } else { 12 };
    let length = 1 + chance.below(longest);
    let end = (at + length).min(bytes.len());
    match chance.below(11) {
        0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << chance.below(8)),
        1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = chance.byte()),
        2 => {
            let inserted: Vec<u8> = (0..chance.below(6)).map(|_| chance.byte()).collect();
            bytes.splice(at..at, inserted);
        }
        3 => {
            bytes.drain(at..end);
        }
        4 => {
            let part: Vec<u8> = bytes.get(at..end).unwrap_or_default().to_vec();
            let to = chance.below(bytes.len() + 1);
            bytes.splice(to..to, part);
        }
        5 => bytes.truncate(at),
        6 | 7 => {
            let piece = chance.pick(PIECES).copied().unwrap_or_default();
            let end = if chance.one_in(2) { at } else { end };
            bytes.splice(at..end, piece.bytes());
        }
        8 => {
            let other = chance.pick(seeds).map(Vec::as_slice).unwrap_or_default();
            let from = chance.below(other.len() + 1);
            let part = other.get(from..(from + length * 8).min(other.len())).unwrap_or_default();
            bytes.splice(at..end, part.iter().copied());
        }
        9 => repeated(chance, bytes, at, end),
        _ => wrapped(chance, bytes, at, end),
    }
    bytes.truncate(LARGEST);
}

/// A part, very often.
fn repeated(chance: &mut Chance, bytes: &mut Vec<u8>, at: usize, end: usize) {
    let part: Vec<u8> = if chance.one_in(2) {
        chance.pick(PIECES).map(|piece| piece.as_bytes().to_vec()).unwrap_or_default()
    } else {
        bytes.get(at..end).unwrap_or_default().to_vec()
    };
    let times = [2, 20, 300, 5000][chance.below(4)].min(LARGEST / part.len().max(1));
    bytes.splice(at..at, part.repeat(times));
}

/// A part in many brackets.
fn wrapped(chance: &mut Chance, bytes: &mut Vec<u8>, at: usize, end: usize) {
    let long_key = format!("{{{}a=", "a.".repeat(70));
    let (open, close) = [
        (long_key.as_str(), "}"),
        ("[", "]"),
        ("{\"a\":", "}"),
        ("{a=", "}"),
        ("(", ")"),
        ("[[", "]]"),
        ("function($a){", "}"),
    ][chance.below(7)];
    let times = [3, 65, 130, 2000][chance.below(4)];
    let part = bytes.get(at..end).unwrap_or_default().to_vec();
    let around = [open.repeat(times).into_bytes(), part, close.repeat(times).into_bytes()].concat();
    bytes.splice(at..end, around);
}
