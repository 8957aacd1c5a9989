//! What is searched for, in every form that it may be written in.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use regex::bytes::Regex;

/// A text that must not appear.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// What it is, for the words of a failure.
    name: String,
    forms: Regex,
}

impl Needle {
    /// A text: as it is, in hexadecimal digits, and in base64 wherever it begins.
    pub(super) fn new(name: &str, text: &str) -> Needle {
        assert!(text.len() >= 7, "{text} may be there by chance");
        let hex = text.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let mut forms = vec![regex::escape(text), hex];
        for before in 0..3 {
            let padded: Vec<u8> = std::iter::repeat_n(b' ', before).chain(text.bytes()).collect();
            let encoded = STANDARD_NO_PAD.encode(&padded);
            // The first and the last letters depend on the neighbours.
            let (first, last) =
                ((before * 8).div_ceil(6), encoded.len() - usize::from(!padded.len().is_multiple_of(3)));
            forms.push(regex::escape(&encoded[first..last]));
        }
        Needle { name: name.to_owned(), forms: Regex::new(&forms.join("|")).expect("a pattern") }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.is_match(bytes)
    }
}

/// Fails where one of them is in an output, and shows the place.
pub(super) fn assert_clean(output: &str, bytes: &[u8], needles: &[Needle]) {
    let found: Vec<&str> = needles.iter().filter(|needle| needle.is_in(bytes)).map(|n| n.name.as_str()).collect();
    assert!(found.is_empty(), "{output} shows {found:?}: {}", excerpt(bytes, needles));
}

/// What stands around the first of them.
fn excerpt(bytes: &[u8], needles: &[Needle]) -> String {
    let found = needles.iter().find_map(|needle| needle.forms.find(bytes));
    let at = found.map_or(0, |found| found.start());
    let place = bytes.get(at.saturating_sub(300)..(at + 200).min(bytes.len())).unwrap_or_default();
    String::from_utf8_lossy(place).into_owned()
}

#[test]
fn a_needle_is_found_in_every_form() {
    let needle = Needle::new("a secret", "canary-secret");
    for text in ["a canary-secret b", "63616e6172792d736563726574"] {
        assert!(needle.is_in(text.as_bytes()), "{text}");
    }
    for before in ["", "x", "xy", "xyz"] {
        for after in ["", "x", "xy"] {
            let encoded = STANDARD_NO_PAD.encode(format!("{before}canary-secret{after}"));
            assert!(needle.is_in(encoded.as_bytes()), "{before}:{after}");
        }
    }
    assert!(!needle.is_in(b"canary_secret"));
}
