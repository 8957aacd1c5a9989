//! The places where bytes come in, each as a function of bytes that has to end without a panic.
//!
//! The first bytes of an input choose what the rest meets: which provider, which case, which status. They are digits
//! where they can be, so that an input can be read. Further down some are the head of a message, up to an empty line.

mod account;
mod broken;
mod case;
mod desk;
mod expression;
mod files;
mod patch;
mod query;
mod reply;
mod sandbox;
mod settled;
mod token;

pub(crate) use desk::{PROVIDERS, cases, file_set, root};

/// The most bytes of an input that is made.
pub(crate) const LARGEST: usize = 64 << 10;

/// One place where bytes come in.
pub(crate) struct Target {
    /// The name: of its test, and of the directories of its inputs.
    pub(crate) name: &'static str,
    /// What the bytes are.
    pub(crate) about: &'static str,
    /// How many of the first bytes choose.
    pub(crate) chooses: usize,
    /// In what the rest is written.
    pub(crate) syntax: Syntax,
    /// How many made inputs run in a few seconds, in an unoptimised build.
    pub(crate) usual: usize,
    /// Runs an input.
    pub(crate) run: fn(&[u8]),
}

/// In what an input is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// TOML.
    Toml,
    /// JSON, behind the head of a message or not.
    Json,
    /// Any other text.
    Text,
}

/// Every target.
pub(crate) const TARGETS: &[Target] = &[
    of("provider", "a `provider.toml`", 1, Syntax::Toml, 60, files::provider),
    of("leads", "a mapping", 1, Syntax::Toml, 60, files::leads),
    of("payload", "a `payload.json`", 1, Syntax::Json, 60, files::payload),
    of("overlay", "an account's overlay", 1, Syntax::Toml, 60, files::overlay),
    of("sandbox", "a `sandbox.toml`", 1, Syntax::Toml, 60, sandbox::file),
    of("case", "the file of a case", 1, Syntax::Toml, 200, case::file),
    of("model", "a unified schema", 0, Syntax::Json, 200, files::model),
    of("account", "an account file", 1, Syntax::Toml, 1000, account::file),
    of("settings", "the settings of a service", 0, Syntax::Toml, 1000, account::settings),
    of("expression", "an expression of a mapping", 0, Syntax::Text, 400, expression::text),
    of("patch", "the body of a PATCH, run", 2, Syntax::Json, 100, patch::body),
    of("reply", "an answer of a provider", 4, Syntax::Json, 150, reply::answer),
    of("token", "an answer of a token endpoint", 2, Syntax::Json, 400, token::answer),
    of("query", "the query of a request", 0, Syntax::Text, 2000, query::query),
    of("body", "the head and the body of a PATCH", 1, Syntax::Json, 4000, query::body),
];

/// Targets that break the bounds on purpose: the harness has to find each of them out.
const BROKEN: &[Target] = &[
    of("hang", "nothing that ends", 0, Syntax::Text, 0, broken::hang),
    of("hoard", "nothing that gives its memory back", 0, Syntax::Text, 0, broken::hoard),
    of("panic", "nothing that is well", 0, Syntax::Text, 0, broken::panic),
];

const fn of(
    name: &'static str,
    about: &'static str,
    chooses: usize,
    syntax: Syntax,
    usual: usize,
    run: fn(&[u8]),
) -> Target {
    Target { name, about, chooses, syntax, usual, run }
}

/// A target by its name.
pub(crate) fn find(name: &str) -> &'static Target {
    TARGETS
        .iter()
        .chain(BROKEN)
        .find(|target| target.name == name)
        .unwrap_or_else(|| panic!("there is no target `{name}`"))
}

/// What a byte chooses among so many: a digit its number.
fn chosen(bytes: &[u8], at: usize, of: usize) -> usize {
    let byte = bytes.get(at).copied().unwrap_or(b'0');
    usize::from(byte.wrapping_sub(b'0')).checked_rem(of).unwrap_or(0)
}

/// The bytes behind those that choose.
fn rest(bytes: &[u8], chooses: usize) -> &[u8] {
    bytes.get(chooses..).unwrap_or_default()
}

/// The head of a message as names and values, and what follows the empty line; all is body where there is none.
fn message(bytes: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let Some(end) = bytes.windows(2).position(|two| two == b"\n\n") else { return (Vec::new(), bytes) };
    let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let headers = lines.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    (headers, rest(bytes, end + 2))
}
