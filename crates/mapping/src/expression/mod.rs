//! Expressions: the way out for what a field table cannot say.
//!
//! An expression is `JSONata`. It sits behind one small trait, [`Backend`], so that the engine can
//! be changed without touching a caller:
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | the trait, its limits and errors, and [`Expression`], a checked text ready to run |
//! | `jlens.rs` | the default backend |
//! | `jsonata_rs.rs` | the second backend, for differential tests only (feature `jsonata-rs`) |
//! | `signatures.rs` | every built-in function: how many arguments it takes, and where the backends differ |
//! | `audit/` | [`audit()`], the static check of an expression's text |
//!
//! # Numbers
//! `JSONata` has one kind of number, a 64-bit float, and so do both backends. Integers are exact up
//! to 2^53 = 9007199254740992; from there on they are rounded even where an expression only hands
//! a field through: the input `9007199254740993` comes out of the expression `$` as
//! `9007199254740992.0`. Results below 2^53 are JSON integers, results from 2^53 on are JSON
//! floats. An identifier of 17 to 19 digits therefore reaches an expression as text, or not at
//! all; [`audit()`] names the literals and conversions that break this.

mod audit;
mod jlens;
#[cfg(feature = "jsonata-rs")]
mod jsonata_rs;
mod signatures;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

pub use audit::{Audit, Finding, FindingKind, Read, audit};
#[cfg(feature = "jsonata-rs")]
pub use jsonata_rs::silence_panics;
pub use signatures::{Context, SIGNATURES, Signature, Support, signature};

/// What one evaluation may use. A limit that is passed ends the evaluation with
/// [`EvalError::Limit`]; it never ends the process.
///
/// `steps` is the limit that a runaway expression meets first: it counts the same on every
/// machine, so that a result does not depend on load. `time` is the backstop behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Wall-clock time of one evaluation.
    pub time: Duration,
    /// Nesting of evaluated parts, which is what recursion uses up.
    pub depth: usize,
    /// Parts evaluated, counted each time.
    pub steps: u64,
    /// Size in bytes, each on its own, of the expression's text, of a string built on the way and
    /// of the result as compact JSON. A list built on the way holds at most a sixteenth as many
    /// items. Memory as a whole is bounded by `steps` and `time` only; a range such as `[1..n]` may
    /// take up to 10^7 items before it is refused.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_millis(100), depth: 400, steps: 100_000, bytes: 256 * 1024 }
    }
}

/// An engine that compiles and runs expressions.
pub trait Backend: Send + Sync {
    /// The name of the engine, for reports.
    fn name(&self) -> &'static str;

    /// Compiles `text`. The limits hold for the text and for every evaluation of what is
    /// returned.
    fn compile(&self, text: &str, limits: &Limits) -> Result<Box<dyn Compiled>, CompileError>;
}

/// An expression that a backend has compiled.
pub trait Compiled: Send + Sync + fmt::Debug {
    /// Evaluates the expression on `input`. Each binding is reached as `$name`; its key has no
    /// `$`.
    ///
    /// `None` is `JSONata`'s *undefined*: no value, which is another thing than `null`.
    fn eval(&self, input: &Value, bindings: &BTreeMap<String, Value>) -> Result<Option<Value>, EvalError>;
}

/// An expression that does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CompileError {
    /// What is wrong, in the words of the engine.
    pub message: String,
    /// Where, in bytes of the text.
    pub range: Range<usize>,
}

/// An evaluation that ends without a result. The messages may quote values of the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A limit was passed.
    #[error("the expression passes its limit of {0}")]
    Limit(Limit),
    /// The expression fails on this input.
    #[error("{message}")]
    Failed {
        /// What is wrong, in the words of the engine.
        message: String,
        /// Where, in bytes of the text, if the engine says so.
        range: Option<Range<usize>>,
    },
    /// The engine panicked, and the panic was caught. The expression may be run again.
    #[error("the engine panicked: {0}")]
    Panicked(String),
}

/// One of the four [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::time`].
    Time,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::steps`].
    Steps,
    /// [`Limits::bytes`].
    Bytes,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "time",
            Self::Depth => "depth",
            Self::Steps => "steps",
            Self::Bytes => "size",
        })
    }
}

/// The engine that runs expressions: jlens.
pub fn default_backend() -> &'static dyn Backend {
    &jlens::Jlens
}

/// The engine that the default one is compared with: jsonata-rs.
///
/// For tests and continuous integration only. It keeps memory for ever, and a hostile expression
/// can end the process in it: `jsonata_rs.rs` says how.
#[cfg(feature = "jsonata-rs")]
pub fn second_backend() -> &'static dyn Backend {
    &jsonata_rs::JsonataRs
}

/// An expression's text with what the default backend compiled from it. Cheap to clone; two are
/// equal when their texts are.
#[derive(Clone)]
pub struct Expression {
    text: Arc<str>,
    compiled: Arc<dyn Compiled>,
}

impl Expression {
    /// Compiles `text` with the default backend.
    pub fn new(text: &str, limits: &Limits) -> Result<Self, CompileError> {
        Ok(Self { text: text.into(), compiled: default_backend().compile(text, limits)?.into() })
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Evaluates the expression, as [`Compiled::eval`] does.
    pub fn eval(&self, input: &Value, bindings: &BTreeMap<String, Value>) -> Result<Option<Value>, EvalError> {
        self.compiled.eval(input, bindings)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

/// Refuses a text longer than [`Limits::bytes`].
fn check_length(text: &str, limits: &Limits) -> Result<(), CompileError> {
    if text.len() <= limits.bytes {
        return Ok(());
    }
    Err(CompileError {
        message: format!("the expression has {} bytes, more than {}", text.len(), limits.bytes),
        range: 0..text.len(),
    })
}

/// The range moved outwards to character boundaries inside `text`, so that it can always slice.
fn clamp(text: &str, start: usize, end: usize) -> Range<usize> {
    let end = text.ceil_char_boundary(end.min(text.len()));
    let start = text.floor_char_boundary(start.min(end));
    start..end
}

/// Runs `f` and gives the message of its panic, if it panics.
///
/// What `f` captures is either shared and immutable or dropped with the panic, so that no broken
/// state is seen afterwards.
fn catch<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(f)).map_err(|payload| panic_message(payload.as_ref()))
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}
