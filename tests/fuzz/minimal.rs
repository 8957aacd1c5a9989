//! Makes an input that fails smaller, as long as it fails.

/// How many times it is tried: enough for an input of some KB, and not longer than a test may take.
const TRIES: usize = 400;

/// A part of the input that still fails.
pub(crate) fn minimal(bytes: &[u8], fails: &mut dyn FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut small = bytes.to_vec();
    let mut tries = 0;
    let mut length = small.len().div_ceil(2);
    while length > 0 {
        let mut at = 0;
        while at < small.len() && tries < TRIES {
            let end = (at + length).min(small.len());
            let mut without = small.clone();
            without.drain(at..end);
            tries += 1;
            if fails(&without) {
                small = without;
            } else {
                at = end;
            }
        }
        length = if length == 1 { 0 } else { length.div_ceil(2) };
    }
    small
}
