//! Checks of single parts that need no more than the part and where its value comes from.

use std::collections::BTreeMap;

use jlens_core::ast::{Attrs, Node, NodeKind};
use serde_json::Value;

use super::super::{Expression, Limits};
use super::FindingKind;
use super::places::Places;
use super::walk::Walker;

impl Walker<'_> {
    /// Tries a pattern, because the engine compiles it only when it is run.
    pub(super) fn regex(&mut self, node: &Node) {
        let range = self.token(node);
        let pattern = self.text.get(range.clone()).unwrap_or_default();
        let tried = Expression::new(&format!("$contains(\"\", {pattern})"), &Limits::default());
        let tried = tried.map(|trial| trial.eval(&Value::Null, &BTreeMap::new()));
        if !matches!(tried, Ok(Ok(_))) {
            let message = "this is no regular expression".into();
            self.find(FindingKind::Syntax, range, message);
        }
    }

    /// Reports a plain field or variable that is taken for true or false.
    pub(super) fn truthiness(&mut self, node: &Node) {
        let plain = |attrs: &Attrs| attrs.stages.is_empty() && attrs.predicate.is_empty();
        let bare = match &node.kind {
            NodeKind::Path { steps, .. } => steps.last().is_some_and(|step| {
                matches!(step.kind, NodeKind::Name { .. } | NodeKind::Variable { .. }) && plain(&step.attrs)
            }),
            // What an expression has computed itself may well be a boolean.
            NodeKind::Variable { name } => {
                let computed = |places: Places| places.is_unknown();
                plain(&node.attrs) && !self.scopes.find(name).is_some_and(computed)
            }
            _ => false,
        };
        if bare {
            let range = self.range(node.span);
            let message = "`0`, `\"\"`, `[]` and `null` count as false here".into();
            let help = "test with `$exists(…)`, or compare with a value".to_owned();
            self.find_with_help(FindingKind::Truthiness, range, message, Some(help));
        }
    }

    /// Reports an identifier that `node` takes for a number.
    pub(super) fn identifier(&mut self, places: &Places, node: &Node) {
        if places.identifier() {
            let range = self.range(node.span);
            let message = "this looks like an identifier; as a number it is rounded from 2^53 on";
            self.find(FindingKind::LargeInteger, range, message.into());
        }
    }
}
