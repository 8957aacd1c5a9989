//! The form of a caller's token: `mw_ID_SECRET`, or `mwa_ID_SECRET` for an administrator.

use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use crate::keyring::{KeyError, random_text};

/// The letters of an id.
const ID: usize = 12;

/// The letters of a secret.
const SECRET: usize = 32;

/// A token, taken apart.
pub(super) struct Bearer<'t> {
    /// Its id.
    pub(super) id: &'t str,
    /// Whether it is an administrator's.
    pub(super) is_admin: bool,
    /// What is kept of it.
    pub(super) hash: [u8; 32],
}

impl Bearer<'_> {
    /// Takes a token apart; none: the text is not a token.
    pub(super) fn parse(text: &str) -> Option<Bearer<'_>> {
        let (kind, rest) = text.split_once('_')?;
        let (id, secret) = rest.split_once('_')?;
        let is_admin = match kind {
            "mw" => false,
            "mwa" => true,
            _ => return None,
        };
        let legal = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let hash = Sha256::digest(text.as_bytes()).into();
        (legal(id, ID) && legal(secret, SECRET)).then_some(Bearer { id, is_admin, hash })
    }
}

/// A new token.
pub(super) fn new(is_admin: bool) -> Result<SecretString, KeyError> {
    let kind = if is_admin { "mwa" } else { "mw" };
    Ok(SecretString::from(format!("{kind}_{}_{}", random_text(ID)?, random_text(SECRET)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn a_new_token_is_a_token() {
        for is_admin in [false, true] {
            let token = new(is_admin).expect("a token");
            let bearer = Bearer::parse(token.expose_secret()).expect("a token");
            assert_eq!((bearer.is_admin, bearer.id.len()), (is_admin, 12));
        }
    }

    #[test]
    fn anything_else_is_none() {
        let (id, secret) = ("abcdefghijkl", "0123456789abcdef0123456789ABCDEF");
        assert!(Bearer::parse(&format!("mw_{id}_{secret}")).is_some());
        let wrong = [
            String::new(),
            "mw".to_owned(),
            format!("mw_{id}"),
            format!("mw_{id}_"),
            format!("mwb_{id}_{secret}"),
            format!("MW_{id}_{secret}"),
            format!("mw_{id}_{secret}0"),
            format!("mw_{id}0_{secret}"),
            format!("mw_{id}_{secret} "),
            format!("mw_{id}_{}", secret.replace('A', "ä")),
            format!("mw_{id}_{}", secret.replace('A', "_")),
        ];
        for wrong in wrong {
            assert!(Bearer::parse(&wrong).is_none(), "{wrong}");
        }
    }
}
