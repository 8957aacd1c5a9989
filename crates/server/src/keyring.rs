//! The keys that credentials are sealed with at rest.
//!
//! A keyring is a text, a key a line, `ID:BASE64` of 32 bytes. The first line seals; the others only open what was
//! sealed before. Empty lines and those that begin with `#` are skipped.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chacha20poly1305::aead::rand_core::RngCore as _;
use chacha20poly1305::aead::{Aead as _, OsRng, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

/// The bytes of a key.
const KEY: usize = 32;

/// The bytes of a nonce; long enough to be random.
const NONCE: usize = 24;

/// The longest id of a key, in bytes.
const LONGEST_ID: usize = 64;

/// Keys by their ids, one of which seals.
pub struct Keyring {
    current: String,
    keys: BTreeMap<String, XChaCha20Poly1305>,
}

/// What a key has sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the key.
    pub key: String,
    /// The nonce.
    pub nonce: Vec<u8>,
    /// The sealed bytes with their tag.
    pub bytes: Vec<u8>,
}

/// Why a keyring is refused, or something cannot be sealed or opened. No text holds a key or what was sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no key in the text.
    #[error("there is no key; `mapwright keys new` makes one")]
    Empty,
    /// A line is not `ID:BASE64`.
    #[error(
        "line {0} of the keys is not ID:BASE64, with an id of letters, digits, `.`, `_` and `-` and the base64 of 32 bytes"
    )]
    Line(usize),
    /// Two lines have the same id.
    #[error("line {line} of the keys has the id `{id}` again")]
    Twice {
        /// The later line, from one.
        line: usize,
        /// The id.
        id: String,
    },
    /// The key that has sealed something is not in the keyring.
    #[error("the key `{key}` that sealed {place} is not at hand")]
    Missing {
        /// The id of the key.
        key: String,
        /// What was sealed.
        place: String,
    },
    /// What was sealed is not what the key opens: it was changed, moved, or sealed with another key of the same id.
    #[error("{place} does not open with the key `{key}`: it was changed or moved, or another key has had that id")]
    Broken {
        /// The id of the key.
        key: String,
        /// What was sealed.
        place: String,
    },
    /// The system gives no random bytes, or there is too much to seal.
    #[error("nothing can be sealed: {0}")]
    Unsealed(&'static str),
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("current", &self.current)
            .field("keys", &self.keys.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("key", &self.key).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Reads a keyring.
    pub fn parse(text: &SecretString) -> Result<Keyring, KeyError> {
        let mut current = None;
        let mut keys = BTreeMap::new();
        for (number, line) in (1..).zip(text.expose_secret().lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (id, key) = key_of(line).ok_or(KeyError::Line(number))?;
            if keys.insert(id.to_owned(), key).is_some() {
                return Err(KeyError::Twice { line: number, id: id.to_owned() });
            }
            current.get_or_insert_with(|| id.to_owned());
        }
        Ok(Keyring { current: current.ok_or(KeyError::Empty)?, keys })
    }

    /// A keyring with one new key, for what lives no longer than the process.
    pub fn generate() -> Result<Keyring, KeyError> {
        Keyring::parse(&Keyring::line(None)?)
    }

    /// The line of a new key. Without an id it gets a random one.
    pub fn line(id: Option<&str>) -> Result<SecretString, KeyError> {
        let id = match id {
            Some(id) if is_id(id) => id.to_owned(),
            Some(_) => return Err(KeyError::Line(1)),
            None => random_text(8)?,
        };
        let mut key = Zeroizing::new([0; KEY]);
        random(&mut *key)?;
        Ok(SecretString::from(format!("{id}:{}", Zeroizing::new(STANDARD.encode(*key)).as_str())))
    }

    /// The id of the key that seals.
    pub fn current(&self) -> &str {
        &self.current
    }

    /// The ids of all keys, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// Whether there is a key of this id.
    pub fn has(&self, id: &str) -> bool {
        self.keys.contains_key(id)
    }

    /// Seals with the current key. What is sealed opens at the same place alone: table, row and column.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Sealed, KeyError> {
        let cipher = self.keys.get(&self.current).ok_or(KeyError::Empty)?;
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let bytes = cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let bytes = bytes.map_err(|_| KeyError::Unsealed("it is too large"))?;
        Ok(Sealed { key: self.current.clone(), nonce: nonce.to_vec(), bytes })
    }

    /// Opens what was sealed at this place.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let Sealed { key, nonce, bytes } = sealed;
        let cipher =
            self.keys.get(key).ok_or_else(|| KeyError::Missing { key: key.clone(), place: place.to_owned() })?;
        let broken = || KeyError::Broken { key: key.clone(), place: place.to_owned() };
        if nonce.len() != NONCE {
            return Err(broken());
        }
        let payload = Payload { msg: bytes.as_slice(), aad: place.as_bytes() };
        cipher.decrypt(XNonce::from_slice(nonce), payload).map(Zeroizing::new).map_err(|_| broken())
    }
}

/// A line's id and key.
fn key_of(line: &str) -> Option<(&str, XChaCha20Poly1305)> {
    let (id, key) = line.split_once(':')?;
    let (id, key) = (id.trim(), key.trim().trim_end_matches('='));
    let key = Zeroizing::new(STANDARD_NO_PAD.decode(key).ok()?);
    let key = XChaCha20Poly1305::new_from_slice(&key).ok()?;
    is_id(id).then_some((id, key))
}

fn is_id(id: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(legal)
}

/// Fills with random bytes of the system.
fn random(bytes: &mut [u8]) -> Result<(), KeyError> {
    OsRng.try_fill_bytes(bytes).map_err(|_| KeyError::Unsealed("the system gives no random bytes"))
}

/// A random text of letters and digits.
pub(crate) fn random_text(length: usize) -> Result<String, KeyError> {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = String::with_capacity(length);
    let mut bytes = Zeroizing::new([0; 64]);
    while text.len() < length {
        random(&mut *bytes)?;
        // A byte of six bits that is no letter's place is left out, so that every letter is as likely.
        let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 63)));
        text.extend(letters.take(length - text.len()).map(|letter| char::from(*letter)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const B: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn keyring(text: &str) -> Result<Keyring, KeyError> {
        Keyring::parse(&SecretString::from(text))
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let old = keyring(A).expect("a keyring");
        let new = keyring(&format!("# newest first\n{B}\n\n  {A}  \n")).expect("a keyring");
        let sealed = old.seal("accounts/7/secrets", b"canary").expect("sealed");
        assert_eq!(new.open("accounts/7/secrets", &sealed).expect("opened").as_slice(), b"canary");
        assert_eq!(new.seal("accounts/7/secrets", b"canary").expect("sealed").key, "b");
        assert_eq!((new.current(), new.ids().collect::<Vec<_>>()), ("b", vec!["a", "b"]));
    }

    #[test]
    fn the_same_text_is_never_sealed_the_same_way() {
        let keys = keyring(A).expect("a keyring");
        assert_ne!(keys.seal("here", b"canary").expect("sealed"), keys.seal("here", b"canary").expect("sealed"));
    }

    #[test]
    fn what_was_moved_changed_or_cut_does_not_open() {
        let keys = keyring(A).expect("a keyring");
        let sealed = keys.seal("accounts/7/secrets", b"canary").expect("sealed");
        let broken = |place: &str| Err(KeyError::Broken { key: "a".to_owned(), place: place.to_owned() });
        assert_eq!(keys.open("accounts/8/secrets", &sealed), broken("accounts/8/secrets"));
        let mut changed = sealed.clone();
        changed.bytes[0] ^= 1;
        assert_eq!(keys.open("accounts/7/secrets", &changed), broken("accounts/7/secrets"));
        for length in [0, 1, 23] {
            let cut = Sealed { nonce: sealed.nonce[..length].to_vec(), ..sealed.clone() };
            assert_eq!(keys.open("accounts/7/secrets", &cut), broken("accounts/7/secrets"));
        }
        for length in 0..sealed.bytes.len() {
            let cut = Sealed { bytes: sealed.bytes[..length].to_vec(), ..sealed.clone() };
            assert_eq!(keys.open("accounts/7/secrets", &cut), broken("accounts/7/secrets"));
        }
    }

    #[test]
    fn a_key_that_is_gone_is_named() {
        let sealed = keyring(A).expect("a keyring").seal("accounts/7/secrets", b"canary").expect("sealed");
        let error = keyring(B).expect("a keyring").open("accounts/7/secrets", &sealed).expect_err("no key");
        assert_eq!(error.to_string(), "the key `a` that sealed accounts/7/secrets is not at hand");
    }

    #[test]
    fn another_key_of_the_same_id_does_not_open() {
        let sealed = keyring(A).expect("a keyring").seal("here", b"canary").expect("sealed");
        let other = keyring(&B.replace("b:", "a:")).expect("a keyring");
        assert_eq!(
            other.open("here", &sealed),
            Err(KeyError::Broken { key: "a".to_owned(), place: "here".to_owned() })
        );
    }

    #[test]
    fn a_wrong_line_is_told_by_its_number_alone() {
        let wrong = ["canary", ":AAAA", "a:canary", "a b:AAAA", "a:", "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="];
        for wrong in wrong {
            let error = keyring(&format!("{B}\n{wrong}")).expect_err("refused");
            assert_eq!(error, KeyError::Line(2), "{wrong}");
        }
        assert_eq!(
            keyring(&format!("{A}\n{A}")).expect_err("refused"),
            KeyError::Twice { line: 2, id: "a".to_owned() }
        );
        assert_eq!(keyring("\n# none\n").expect_err("refused"), KeyError::Empty);
    }

    #[test]
    fn a_new_key_is_a_line_of_its_own() {
        let (one, other) = (Keyring::line(Some("2026")).expect("a line"), Keyring::line(Some("2026")).expect("a line"));
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(Keyring::parse(&one).expect("a keyring").current(), "2026");
        assert_eq!(Keyring::generate().expect("a keyring").current().len(), 8);
        assert_eq!(Keyring::line(Some("a:b")).map(|_| ()), Err(KeyError::Line(1)));
    }

    #[test]
    fn nothing_secret_is_shown() {
        let keys = keyring(&format!("{A}\n{B}")).expect("a keyring");
        assert_eq!(format!("{keys:?}"), r#"Keyring { current: "a", keys: ["a", "b"] }"#);
        let sealed = Sealed { key: "a".to_owned(), nonce: vec![7; 24], bytes: vec![7; 3] };
        assert_eq!(format!("{sealed:?}"), r#"Sealed { key: "a", bytes: 3, .. }"#);
    }

    #[test]
    fn random_texts_have_letters_and_digits_alone() {
        let text = random_text(2000).expect("random");
        assert_eq!(text.len(), 2000);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let kinds: std::collections::BTreeSet<u8> = text.bytes().collect();
        assert_eq!(kinds.len(), 62);
    }
}
