//! One fault, and the text that says it.

use std::fmt;
use std::str::FromStr;

use crate::error::SandboxError;
use crate::faults::scope::Scope;
use crate::faults::what::What;

/// Something that goes wrong with some of the requests, as `FAULT[@WHICH][*TIMES]`.
///
/// | `FAULT` | what happens |
/// |---|---|
/// | `429` | the provider's first declared error of this status answers, or a plain answer that says it is one |
/// | `daily_limit` | the provider's declared error of this name answers |
/// | `html` | a page with status 200 answers, as something between caller and provider sends it |
/// | `half` | the request is answered, and the first half of the body comes as if it were all of it |
/// | `truncated` | the request is answered, and the connection ends after the first half of the body |
/// | `slow=2s` | the request is answered at once, and the answer comes late; seconds or `ms` |
/// | `cut-before` | the connection ends, and nothing was done |
/// | `cut-after` | the request is answered, and the connection ends before anything of it comes |
///
/// | `WHICH` | the requests that it meets |
/// |---|---|
/// | | any but those for tokens |
/// | `read`, `write` | those that change nothing, those that change something: by what they do, not by their method |
/// | `token` | those for tokens |
/// | `PATCH` | those of this method |
/// | `2`, `write:2` | from the second one on |
///
/// `TIMES` is how many of them it meets, one where it is left out; `*` alone is all of them. So `429@2` is the second
/// request, `500@write` the first one that changes something, `503*3` the first three, and `401@2*` all but the first.
/// A request meets one fault at most; of several that are due, the one that was set first.
///
/// ```
/// let fault: mapwright_sandbox::Fault = "500@write:2*".parse()?;
/// assert_eq!(fault.to_string(), "500@write:2*");
/// # Ok::<(), mapwright_sandbox::SandboxError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(crate) what: What,
    pub(crate) scope: Scope,
}

impl Fault {
    /// A declared error that the next requests are answered with, whatever they ask.
    pub(crate) fn next(error: &str, times: u32) -> Self {
        Self { what: What::Declared(error.to_owned()), scope: Scope::next(times) }
    }
}

impl FromStr for Fault {
    type Err = SandboxError;

    fn from_str(text: &str) -> Result<Self, SandboxError> {
        let wrong = |problem: String| SandboxError::Fault { text: text.to_owned(), problem };
        let (rest, times) = match text.split_once('*') {
            Some((rest, times)) => (rest, Some(times)),
            None => (text, None),
        };
        let (what, which) = match rest.split_once('@') {
            Some((what, which)) => (what, Some(which)),
            None => (rest, None),
        };
        let what = What::parse(what).map_err(wrong)?;
        let scope = Scope::parse(which, times).map_err(wrong)?;
        Ok(Self { what, scope })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.what, self.scope)
    }
}
