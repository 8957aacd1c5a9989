//! Hashes over several parts. Each part is hashed with its length, so that no two lists of parts are alike.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// What a request says, as a hash: two requests with the same are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub(super) [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a request.
    pub fn new(method: &str, path: &str, query: &str, body: &[u8]) -> Fingerprint {
        Fingerprint(of_parts(&[method.as_bytes(), path.as_bytes(), query.as_bytes(), body]))
    }
}

/// The hash of several parts.
pub(super) fn of_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A hash as a text.
pub(super) fn hex(hash: &[u8]) -> String {
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts_and_so_does_where_it_ends() {
        let one = Fingerprint::new("PATCH", "/a", "b", b"c");
        assert_eq!(one, Fingerprint::new("PATCH", "/a", "b", b"c"));
        let others =
            [("PUT", "/a", "b", "c"), ("PATCH", "/ab", "", "c"), ("PATCH", "/a", "", "bc"), ("PATCH", "/a", "bc", "")];
        for (method, path, query, body) in others {
            assert_ne!(one, Fingerprint::new(method, path, query, body.as_bytes()));
        }
    }

    #[test]
    fn a_hash_has_two_digits_a_byte() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
    }
}
