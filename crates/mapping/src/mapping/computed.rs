//! The way out of the language: `JSONata` in both directions, with the unified leaves that it reads stated.

use super::Resolver;
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::expression::{Expression, Limits};
use crate::raw::RawExpr;

/// `JSONata` in both directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    /// From the record to the unified value.
    pub read: Option<Expression>,
    /// From the unified leaves to the remote value.
    pub write: Option<Expression>,
    /// The unified leaves that the written value is computed from.
    pub reads: Vec<String>,
}

impl Resolver<'_> {
    /// Checks an expression pair as it is written at `at`. What the texts say is checked in `crate::check::expressions`.
    pub(super) fn computed(&mut self, raw: &RawExpr, at: &str) -> Computed {
        for (i, leaf) in raw.reads.iter().enumerate() {
            if self.model.leaf(leaf).is_none() {
                let place = self.doc.place(&pointer(&pointer(at, "reads"), &i.to_string()));
                self.unknown_unified(leaf, place);
            }
        }
        let mut compile = |text: &Option<String>, key: &str| {
            let text = text.as_ref()?;
            match Expression::new(text, &Limits::default()) {
                Ok(expression) => Some(expression),
                Err(e) => {
                    let place = self.doc.within(&pointer(at, key), e.range);
                    self.error(Code::ExpressionSyntax, place, e.message);
                    None
                }
            }
        };
        let read = compile(&raw.read, "read");
        let write = compile(&raw.write, "write");
        Computed { read, write, reads: raw.reads.clone() }
    }
}
