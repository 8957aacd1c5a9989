//! The static check of an expression's text, for the authors of mappings.
//!
//! `JSONata` is silent about most slips: a misspelt path equals an absent field, an unknown function
//! or a wrong number of arguments fails only when it is run. [`audit()`] reads the syntax tree
//! and speaks up. What needs a schema is left to the caller: [`Audit::reads`] lists the paths that
//! the expression reads and [`Audit::variables`] the variables that it expects, each with the
//! range to point at.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | what an audit finds |
//! | `walk.rs` | the walk over the tree |
//! | `paths.rs` | paths and variables |
//! | `calls.rs` | calls of functions |
//! | `alike.rs` | values on which the backends differ |
//! | `checks.rs` | patterns, truthiness, identifiers |
//! | `places.rs` | which fields of the input a value comes from |
//! | `scopes.rs` | local variables |

mod alike;
mod calls;
mod checks;
mod paths;
mod places;
mod scopes;
mod walk;

use std::ops::Range;

use super::{catch, clamp};

/// What [`audit()`] has to say about a text. Everything is ordered by its range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// What is wrong or doubtful. When the text does not parse, this is the one syntax error, and
    /// the other lists are empty.
    pub findings: Vec<Finding>,
    /// The fields of the input that the expression may read. A read includes everything below it;
    /// an empty path is the whole input. What the expression reads is never missing here, unless a
    /// function in it is unknown. A read that cannot be traced to a name has the range of the whole
    /// text; functions that are handed around as values, and `%`, cause such reads.
    pub reads: Vec<Read>,
    /// The fields of the input that the expression turns into text: on objects the backends differ.
    pub texts: Vec<Read>,
    /// The variables that the expression expects to be bound, without their `$`, with the range of
    /// `$name`. A name comes once for each place where it stands.
    pub variables: Vec<(String, Range<usize>)>,
}

/// Something wrong or doubtful in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The characters it is about, in bytes of the text.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead, if that is known.
    pub help: Option<String>,
}

/// The kinds of [`Finding`]. How severe each is, the caller says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// The text does not parse.
    Syntax,
    /// A call of a function that does not exist: it fails whenever it is run.
    UnknownFunction,
    /// A call with too few or too many arguments: it fails whenever it is run.
    Arity,
    /// A function that an expression may not call, because its result is not a function of the
    /// input (clock, chance) or because it runs text as code.
    Forbidden,
    /// Only one backend has it, or the backends are known to differ on it.
    OneBackendOnly,
    /// An integer from 2^53 on, or arithmetic on what looks like an identifier: expressions
    /// compute in 64-bit floats and would round it.
    LargeInteger,
    /// A value is taken for true or false, so that `0`, `""`, `[]` and `null` act as if they were
    /// absent. Harmless where the field is a boolean, which the caller may know.
    Truthiness,
}

/// A path of the input that an expression may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The names from the input's root down. Lists are passed through, as `JSONata` does: there is
    /// no segment for an index or a filter.
    pub path: Vec<String>,
    /// The text that reads: from the first to the last name written in one go. In
    /// `shelf[size > 1].name` the read of `shelf.size` is at `size`, and the read of `shelf.name`
    /// is at the whole text. In bytes of the text.
    pub range: Range<usize>,
    /// The range of each name of `path`, as written, quotes included. Names that a variable stands
    /// for have the range where the variable is given its value, which may lie outside `range`.
    pub segments: Vec<Range<usize>>,
}

/// Checks the text of an expression without running it.
pub fn audit(text: &str) -> Audit {
    let mut audit = match catch(|| jlens_core::Expression::compile(text)) {
        Ok(Ok(expression)) => walk::walk(&expression),
        Ok(Err(error)) => {
            syntax(error.message(), error.span().map_or(0..text.len(), |span| clamp(text, span.start, span.end)))
        }
        Err(message) => syntax(message, 0..text.len()),
    };
    let place = |range: &Range<usize>| (range.start, range.end);
    audit.findings.sort_by_key(|finding| (place(&finding.range), finding.kind));
    audit.reads.sort_by(|left, right| (place(&left.range), &left.path).cmp(&(place(&right.range), &right.path)));
    audit.reads.dedup();
    audit.variables.sort_by_key(|(_, range)| place(range));
    audit
}

fn syntax(message: String, range: Range<usize>) -> Audit {
    Audit { findings: vec![Finding { kind: FindingKind::Syntax, range, message, help: None }], ..Audit::default() }
}
