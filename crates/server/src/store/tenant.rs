//! The names of tenants.

use std::fmt;
use std::str::FromStr;

/// The longest name, in bytes.
const LONGEST: usize = 63;

/// Whose accounts and tokens they are. A name has small letters, digits, `_` and `-`, begins with a letter or a digit,
/// and has up to 63 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenant(String);

/// The name is not one of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a tenant's name has small letters, digits, `_` and `-`, begins with a letter or a digit, and has up to 63 characters"
)]
pub struct TenantError;

impl Tenant {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tenant {
    type Err = TenantError;

    fn from_str(text: &str) -> Result<Tenant, TenantError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let legal = text.len() <= LONGEST
            && text.bytes().next().is_some_and(plain)
            && text.bytes().all(|byte| plain(byte) || b"_-".contains(&byte));
        if legal { Ok(Tenant(text.to_owned())) } else { Err(TenantError) }
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        let longest = "a".repeat(63);
        for name in ["a", "0", "acme", "acme-eu_2", longest.as_str()] {
            assert_eq!(name.parse::<Tenant>().expect(name).as_str(), name);
        }
        let longer = "a".repeat(64);
        for name in ["", "-a", "_a", "Acme", "a b", "a/b", "ä", "a\0", longer.as_str()] {
            assert_eq!(name.parse::<Tenant>(), Err(TenantError), "{name}");
        }
    }
}
