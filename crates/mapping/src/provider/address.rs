//! An address: the host and path of a URL, with variables.

use std::fmt;

use crate::template::Template;
use crate::variables::Bound;

/// An `https` address with variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// The host.
    pub host: Template,
    /// The path; empty, or from the first `/`.
    pub path: Template,
}

impl Address {
    /// Takes an address apart; the error is a message and the bytes it is about.
    pub fn parse(text: &str) -> Result<Address, (String, std::ops::Range<usize>)> {
        const SCHEME: &str = "https://";
        let Some(rest) = text.strip_prefix(SCHEME) else {
            return Err(("an address begins with `https://`".to_owned(), 0..text.len()));
        };
        let slash = rest.find('/').unwrap_or(rest.len());
        let (host, path) = rest.split_at(slash);
        if host.is_empty() || host.contains(['@', '?', '#', '\\', ':', ' ']) {
            return Err((
                "the host is a name, without user or port".to_owned(),
                SCHEME.len()..SCHEME.len() + host.len(),
            ));
        }
        let parse = |text: &str, offset: usize| {
            Template::parse(text).map_err(|e| (e.message, offset + e.range.start..offset + e.range.end))
        };
        Ok(Address { host: parse(host, SCHEME.len())?, path: parse(path.trim_end_matches('/'), SCHEME.len() + slash)? })
    }

    /// The address with the account's variables put in.
    pub fn render(&self, bound: &Bound) -> String {
        format!("https://{}{}", bound.name(&self.host), bound.name(&self.path))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.host, self.path)
    }
}
