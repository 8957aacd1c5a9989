//! Which requests a fault meets, and how many of them.

use std::fmt;

use http::Method;

use crate::spec::Action;

/// What a request does, as its route says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It changes nothing.
    Read,
    /// It changes something.
    Write,
    /// It issues tokens.
    Token,
}

/// Which requests.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    /// Whatever they are, those for tokens too.
    Whatever,
    /// Any but those for tokens.
    Any,
    /// Those that do this.
    Kind(Kind),
    /// Those of this method but not those for tokens.
    Method(Method),
}

/// Which requests, from which of them on, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    which: Which,
    /// Counted from 1.
    pub(crate) from: u32,
    /// All of them where there is none.
    pub(crate) times: Option<u32>,
}

impl Kind {
    /// What a request does; one that no route takes does nothing.
    pub(crate) fn of(action: Option<&Action>) -> Self {
        match action {
            None | Some(Action::Refuse(_) | Action::Read(_) | Action::List { .. } | Action::Describe { .. }) => {
                Self::Read
            }
            Some(
                Action::Update { .. }
                | Action::JsonPatch { .. }
                | Action::Assign { .. }
                | Action::Link { .. }
                | Action::Unlink { .. },
            ) => Self::Write,
            Some(Action::Token(_)) => Self::Token,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Token => "token",
        }
    }
}

impl Scope {
    /// The next requests, whatever they are.
    pub(crate) fn next(times: u32) -> Self {
        Self { which: Which::Whatever, from: 1, times: Some(times) }
    }

    /// Reads what stands after `@` and after `*`.
    pub(crate) fn parse(which: Option<&str>, times: Option<&str>) -> Result<Self, String> {
        let (which, from) = match which {
            None => (Which::Any, 1),
            Some(text) if text.starts_with(|first: char| first.is_ascii_digit()) => (Which::Any, number('@', text)?),
            Some(text) => match text.split_once(':') {
                Some((which, from)) => (Which::parse(which)?, number(':', from)?),
                None => (Which::parse(text)?, 1),
            },
        };
        let times = match times {
            None => Some(1),
            Some("") => None,
            Some(text) => Some(number('*', text)?),
        };
        Ok(Self { which, from, times })
    }

    /// Whether a request is one of them.
    pub(crate) fn has(&self, kind: Kind, method: &Method) -> bool {
        match &self.which {
            Which::Whatever => true,
            Which::Any => kind != Kind::Token,
            Which::Kind(wanted) => *wanted == kind,
            Which::Method(wanted) => wanted == method && kind != Kind::Token,
        }
    }
}

impl Which {
    fn parse(text: &str) -> Result<Self, String> {
        let kinds = [Kind::Read, Kind::Write, Kind::Token];
        if let Some(kind) = kinds.into_iter().find(|kind| kind.word() == text) {
            return Ok(Self::Kind(kind));
        }
        let is_method = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase());
        match Method::from_bytes(text.as_bytes()) {
            Ok(method) if is_method => Ok(Self::Method(method)),
            _ => {
                Err("after `@` stands read, write, token or a method such as PATCH, a number such as 2, or both as in \
                      write:2"
                    .to_owned())
            }
        }
    }
}

fn number(after: char, text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("after `{after}` stands a number from 1 on"))
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = match &self.which {
            Which::Whatever | Which::Any => None,
            Which::Kind(kind) => Some(kind.word()),
            Which::Method(method) => Some(method.as_str()),
        };
        match (which, self.from) {
            (None, 1) => {}
            (None, from) => write!(formatter, "@{from}")?,
            (Some(which), 1) => write!(formatter, "@{which}")?,
            (Some(which), from) => write!(formatter, "@{which}:{from}")?,
        }
        match self.times {
            None => formatter.write_str("*"),
            Some(1) => Ok(()),
            Some(times) => write!(formatter, "*{times}"),
        }
    }
}
