//! What is searched for, in every form that it may be written in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// A text that must not appear.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// What it is, for the words of a failure.
    name: String,
    forms: Vec<Vec<u8>>,
}

impl Needle {
    /// A text: as it is, in hexadecimal digits, and in base64 wherever it begins.
    pub(super) fn new(name: &str, text: &str) -> Needle {
        assert!(text.len() >= 7, "{text} may be there by chance");
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut forms = vec![text.as_bytes().to_vec(), hex.into_bytes()];
        for before in 0..3 {
            let padded: Vec<u8> = std::iter::repeat_n(b' ', before).chain(text.bytes()).collect();
            let encoded = STANDARD_NO_PAD.encode(&padded).into_bytes();
            // The first and the last letters depend on the neighbours.
            let (first, last) = ((before * 8).div_ceil(6), encoded.len() - usize::from(padded.len() % 3 != 0));
            forms.push(encoded[first..last].to_vec());
        }
        Needle { name: name.to_owned(), forms }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
    }
}

/// Fails where one of them is in an output, and shows the place.
pub(super) fn assert_clean(output: &str, bytes: &[u8], needles: &[Needle]) {
    let found: Vec<&str> = needles.iter().filter(|needle| needle.is_in(bytes)).map(|n| n.name.as_str()).collect();
    assert!(found.is_empty(), "{output} shows {found:?}: {}", excerpt(bytes, needles));
}

fn excerpt(bytes: &[u8], needles: &[Needle]) -> String {
    let forms = needles.iter().flat_map(|needle| &needle.forms);
    let at = forms.filter_map(|form| bytes.windows(form.len()).position(|window| window == form)).next();
    let at = at.unwrap_or_default();
    let place = bytes.get(at.saturating_sub(200)..(at + 200).min(bytes.len())).unwrap_or_default();
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
