//! The built-in functions: how many arguments each takes, and where the two backends part.
//!
//! The arities are those of `JSONata` 2; a test holds them against the catalog of the default
//! backend. The differential test holds which functions the second backend has, and most of the
//! differences. No test holds the edges, nor the order of keys, which is random on one.

/// A built-in function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The name without its `$`.
    pub name: &'static str,
    /// Fewest arguments, when all are written out.
    pub min: usize,
    /// Most arguments; `None` where there is no bound.
    pub max: Option<usize>,
    /// Whether a call with `min - 1` arguments takes the first one from the context.
    pub context: Context,
    /// How far the backends agree on it.
    pub support: Support,
}

/// Whether a function takes its first argument from the context when a call leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// It does not.
    Never,
    /// It does on the default backend only.
    Default,
    /// It does on both.
    Both,
}

/// How far the backends agree on a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// They agree.
    Both,
    /// They agree but for the stated edge, which an audit does not report.
    Edge(&'static str),
    /// They agree with at most so many arguments, for the stated reason.
    Upto(usize, &'static str),
    /// They agree with at least so many arguments, for the stated reason.
    From(usize, &'static str),
    /// They differ on usual arguments, for the stated reason.
    Differs(&'static str),
    /// Only the default backend has it.
    DefaultOnly,
    /// An expression may not call it at all, for the stated reason.
    Forbidden(&'static str),
}

/// The function with this name, given without its `$`.
pub fn signature(name: &str) -> Option<&'static Signature> {
    SIGNATURES.iter().find(|signature| signature.name == name)
}

const fn of(name: &'static str, min: usize, max: usize, context: Context) -> Signature {
    Signature { name, min, max: Some(max), context, support: Support::Both }
}

impl Signature {
    const fn edge(mut self, edge: &'static str) -> Self {
        self.support = Support::Edge(edge);
        self
    }

    const fn upto(mut self, most: usize, reason: &'static str) -> Self {
        self.support = Support::Upto(most, reason);
        self
    }

    const fn from(mut self, least: usize, reason: &'static str) -> Self {
        self.support = Support::From(least, reason);
        self
    }

    const fn differs(mut self, reason: &'static str) -> Self {
        self.support = Support::Differs(reason);
        self
    }

    const fn default_only(mut self) -> Self {
        self.support = Support::DefaultOnly;
        self
    }

    const fn forbidden(mut self, reason: &'static str) -> Self {
        self.support = Support::Forbidden(reason);
        self
    }
}

const ORDER: &str = "only the default backend keeps the order of keys";
const BYTES: &str = "outside ASCII one backend works on characters and the other on bytes";
const WRONG_TYPE: &str = "a value that is not text is an error on one and no value on the other";
const CLOCK: &str = "its result depends on the clock";
const CHANCE: &str = "its result depends on chance";

use Context::{Both, Default, Never};

/// Every built-in function of either backend, by name.
pub const SIGNATURES: &[Signature] = &[
    of("abs", 1, 1, Default),
    of("append", 2, 2, Never).differs("with an empty list, one keeps a list of one and the other does not"),
    of("assert", 1, 2, Never),
    of("average", 1, 1, Never).default_only(),
    of("base64decode", 1, 1, Default).differs(BYTES),
    of("base64encode", 1, 1, Default).differs(BYTES),
    of("boolean", 1, 1, Default),
    of("ceil", 1, 1, Default),
    of("clone", 1, 1, Default).default_only(),
    of("contains", 2, 2, Default),
    of("count", 1, 1, Never),
    of("decodeUrl", 1, 1, Default).default_only(),
    of("decodeUrlComponent", 1, 1, Default).default_only(),
    of("distinct", 1, 1, Never),
    of("each", 2, 2, Both).differs(ORDER),
    of("encodeUrl", 1, 1, Default).default_only(),
    of("encodeUrlComponent", 1, 1, Default).default_only(),
    of("error", 0, 1, Never),
    of("eval", 1, 2, Never).forbidden("it runs a text as an expression"),
    of("exists", 1, 1, Never),
    of("filter", 2, 2, Never),
    of("floor", 1, 1, Default),
    of("formatBase", 1, 2, Default).default_only(),
    of("formatInteger", 2, 2, Default).default_only(),
    of("formatNumber", 2, 3, Default).default_only(),
    of("fromMillis", 1, 3, Default).edge("width ranges such as `[MNn,*-3]` are missing on one"),
    of("join", 1, 2, Never),
    of("keys", 1, 1, Both).differs(ORDER),
    of("length", 1, 1, Default),
    of("lookup", 2, 2, Default).differs("a key without a value is no value on one and an error on the other"),
    of("lowercase", 1, 1, Default).edge(WRONG_TYPE),
    of("map", 2, 2, Never),
    of("match", 2, 3, Default).differs("indices, and lists of one match or none, differ"),
    of("max", 1, 1, Never),
    of("merge", 1, 1, Never),
    of("millis", 0, 0, Never).forbidden(CLOCK),
    of("min", 1, 1, Never),
    of("not", 1, 1, Default),
    of("now", 0, 2, Never).forbidden(CLOCK),
    of("number", 1, 1, Default).edge("`+5`, `.5`, `5.`, `0x1F` and overflow differ"),
    of("pad", 2, 3, Default),
    of("parseInteger", 2, 2, Default).default_only(),
    of("power", 2, 2, Default),
    of("random", 0, 0, Never).forbidden(CHANCE),
    of("reduce", 2, 3, Never)
        .differs("one gives a single value back as it is, and uses the first item twice without a start value"),
    of("replace", 3, 4, Default).upto(3, "a fraction as the limit is rounded up or down"),
    of("reverse", 1, 1, Never).differs("a value that is no list is an error on one"),
    of("round", 1, 2, Default),
    of("shuffle", 1, 1, Never).forbidden(CHANCE),
    of("sift", 1, 2, Default).default_only(),
    of("single", 1, 2, Never),
    of("sort", 1, 2, Never),
    of("split", 2, 3, Default),
    of("spread", 1, 1, Default).default_only(),
    of("sqrt", 1, 1, Default),
    of("string", 1, 2, Both)
        .from(1, "what it is called on is not seen here, and objects and long numbers differ as text"),
    of("substring", 2, 3, Default)
        .differs("outside ASCII the positions differ, and a start past the end ends the run of one"),
    of("substringAfter", 2, 2, Default),
    of("substringBefore", 2, 2, Default),
    of("sum", 1, 1, Never),
    of("toMillis", 1, 2, Default).differs("on a text that is no date, and on pictures with a time or a day first"),
    of("trim", 1, 1, Default),
    of("type", 1, 1, Never).default_only(),
    of("uppercase", 1, 1, Default).edge(WRONG_TYPE),
    of("uuid", 0, 0, Never).forbidden(CHANCE),
    Signature { max: None, ..of("zip", 1, 1, Never).differs("an argument that is no list differs") },
];
