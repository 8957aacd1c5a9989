//! Where the backends differ on some values, although they have the same syntax and functions: what makes a division by
//! zero, a key without a value, a text of an object, or a call that is all of a function.

use jlens_core::ast::{BinaryOp, Node, NodeKind};

use super::super::signature;
use super::FindingKind::OneBackendOnly;
use super::places::Places;
use super::walk::Walker;

/// Functions whose result is a text, a whole number, or true or false. `$floor` is one where its argument cannot make
/// minus zero of it.
const PLAIN: [&str; 24] = [
    "boolean",
    "contains",
    "count",
    "exists",
    "fromMillis",
    "join",
    "length",
    "lowercase",
    "not",
    "number",
    "pad",
    "replace",
    "string",
    "substringAfter",
    "substringBefore",
    "trim",
    "uppercase",
    "now",
    "uuid",
    "formatNumber",
    "base64encode",
    "base64decode",
    "substring",
    "type",
];

impl Walker<'_> {
    fn source(&self, node: &Node) -> &str {
        self.text.get(self.range(node.span)).unwrap_or_default()
    }

    /// A divisor that may be zero: the result is `null` on one and an error on the other.
    pub(super) fn divisor(&mut self, op: BinaryOp, rhs: &Node) {
        let is_number = matches!(rhs.kind, NodeKind::Number { value } if value != 0.0);
        let is_tested = self.nonzero.iter().any(|tested| tested == self.source(rhs));
        if matches!(op, BinaryOp::Div | BinaryOp::Mod) && !is_number && !is_tested {
            let message = "by zero this may be `null` on one backend, and is an error on the other".to_owned();
            let help = format!("test it first: `{} != 0 ? … : …`", self.source(rhs));
            self.find_with_help(OneBackendOnly, self.range(rhs.span), message, Some(help));
        }
    }

    /// The part that a condition tests to be no zero, as it is written.
    pub(super) fn tested_nonzero(&self, condition: &Node) -> Option<String> {
        match &condition.kind {
            NodeKind::Binary { op: BinaryOp::Ne | BinaryOp::Gt, lhs, rhs } => {
                matches!(rhs.kind, NodeKind::Number { value: 0.0 }).then(|| self.source(lhs).to_owned())
            }
            _ => None,
        }
    }

    /// A key that may be without a value: its member is left out on one, and an error on the other.
    pub(super) fn key(&mut self, key: &Node) {
        if !is_text(key) {
            let message =
                "a member whose key has no value is left out on one backend and an error on the other".to_owned();
            let help = "write the key as a text, or put one before it with `&`".to_owned();
            self.find_with_help(OneBackendOnly, self.range(key.span), message, Some(help));
        }
    }

    /// What is turned into text: objects have no order of keys on one, and computed numbers have other last digits.
    pub(super) fn as_text(&mut self, node: &Node, places: &Places) {
        if self.is_plain(node) {
            let range = self.range(node.span);
            self.audit.texts.extend(places.reads(&range));
            return;
        }
        let message =
            "as text, the backends differ on objects, on numbers with a fraction and on minus zero".to_owned();
        let help = "turn only fields that hold texts or whole numbers into text, or round with `$floor`".to_owned();
        self.find_with_help(OneBackendOnly, self.range(node.span), message, Some(help));
    }

    /// What a function of the expression's own is given: a list or an object that is made here it may turn into text.
    pub(super) fn handed_over(&mut self, node: &Node) {
        let made = match &node.kind {
            NodeKind::Block { exprs, .. } => exprs.last().unwrap_or(node),
            _ => node,
        };
        if matches!(made.kind, NodeKind::Array { .. } | NodeKind::Object { .. }) {
            let message = "the backends differ on lists and objects that a function turns into text".to_owned();
            let help = "hand over what they are made of, and make them inside the function".to_owned();
            self.find_with_help(OneBackendOnly, self.range(node.span), message, Some(help));
        }
    }

    /// Whether a part gives nothing that the backends write differently, as far as it is not a field's own value.
    fn is_plain(&self, node: &Node) -> bool {
        if node.attrs.group.is_some() {
            return false;
        }
        match &node.kind {
            NodeKind::String { .. }
            | NodeKind::Number { .. }
            | NodeKind::Bool { .. }
            | NodeKind::Null
            | NodeKind::Name { .. } => true,
            NodeKind::Variable { name } => !name.is_empty() && name != "$" && !self.structured.contains(name),
            NodeKind::Binary { op, .. } => {
                !matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod)
            }
            NodeKind::Path { steps, .. } => steps.iter().all(|step| self.is_step(step)),
            NodeKind::Condition { then, otherwise, .. } => {
                self.is_plain(then) && otherwise.as_ref().is_none_or(|otherwise| self.is_plain(otherwise))
            }
            NodeKind::Block { exprs, .. } => exprs.last().is_none_or(|last| self.is_plain(last)),
            NodeKind::Function { procedure, args } => match &procedure.kind {
                NodeKind::Variable { name } if name == "split" => args.len() > 1,
                // What is no function has a finding of its own.
                NodeKind::Variable { name } if self.scopes.find(name).is_none() && signature(name).is_none() => true,
                NodeKind::Variable { name } if name == "floor" => args.first().is_none_or(is_never_minus_zero),
                NodeKind::Variable { name } => PLAIN.contains(&name.as_str()),
                _ => false,
            },
            NodeKind::Apply { rhs, .. } => match &rhs.kind {
                NodeKind::Variable { name } => PLAIN.contains(&name.as_str()),
                NodeKind::Function { procedure, .. } => {
                    matches!(&procedure.kind, NodeKind::Variable { name } if PLAIN.contains(&name.as_str()))
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_step(&self, step: &Node) -> bool {
        match &step.kind {
            NodeKind::Name { .. } => step.attrs.group.is_none(),
            NodeKind::Variable { name } => !self.structured.contains(name) && step.attrs.group.is_none(),
            NodeKind::Function { .. } => self.is_plain(step),
            _ => false,
        }
    }

    /// Remembers a variable that may hold what text is made of in two ways.
    pub(super) fn bound_to(&mut self, name: &str, value: &Node) {
        if self.is_plain(value) {
            self.structured.remove(name);
        } else {
            self.structured.insert(name.to_owned());
        }
    }

    /// A call that is all that a function does: one backend does not run it where a list is filtered or sorted.
    pub(super) fn lone_call(&mut self, body: &Node) {
        if ends_in_call(body) {
            let message = "one backend does not run a call that is all that this function does".to_owned();
            let help = "compare its result: `$exists($v) = true`".to_owned();
            self.find_with_help(OneBackendOnly, self.range(body.span), message, Some(help));
        }
    }

    /// An item of a list that stands there as written: where there is none, one puts `null` into a list around it.
    pub(super) fn picked(&mut self, node: &Node) {
        if !node.attrs.predicate.is_empty() || !node.attrs.stages.is_empty() {
            let message = "where this list has no such item, one backend puts `null` into a list around it".to_owned();
            let help = "bind the list to a variable first: `($l := […]; $l[0])`".to_owned();
            self.find_with_help(OneBackendOnly, self.range(node.span), message, Some(help));
        }
    }

    /// Arguments on which the backends differ.
    pub(super) fn arguments(&mut self, name: &str, values: &[(&Node, Places)]) {
        let at = |index: usize| values.get(index).map(|(node, places)| (*node, places));
        let differs = match name {
            "string" => return at(0).map_or((), |(node, places)| self.as_text(node, places)),
            "split" => at(1)
                .filter(|(node, _)| matches!(node.kind, NodeKind::Regex { .. }))
                .map(|at| (at, "a split by a pattern")),
            "fromMillis" => at(0).filter(|(node, _)| is_text(node)).map(|at| (at, "a time that is a text")),
            "pad" => at(1)
                .filter(|(node, _)| !is_whole(node))
                .map(|at| (at, "a width that is not written as a whole number")),
            "replace" => at(2)
                .filter(|(node, _)| !is_text(node) && !matches!(node.kind, NodeKind::Lambda(_)))
                .map(|at| (at, "a replacement that may be missing")),
            _ => None,
        };
        if let Some(((node, _), what)) = differs {
            self.find(OneBackendOnly, self.range(node.span), format!("the backends differ on {what}"));
        }
    }

    /// A name that one backend reads only in backquotes.
    pub(super) fn bare_name(&mut self, range: &std::ops::Range<usize>) {
        if self.text.get(range.clone()).is_some_and(|name| name.starts_with('_')) {
            let help = format!("write it in backquotes: `` `{}` ``", self.text.get(range.clone()).unwrap_or_default());
            let message = "only the default backend reads a name that begins with `_`".to_owned();
            self.find_with_help(OneBackendOnly, range.clone(), message, Some(help));
        }
    }
}

/// Whether a part is certainly a text.
fn is_text(node: &Node) -> bool {
    matches!(node.kind, NodeKind::String { .. } | NodeKind::Binary { op: BinaryOp::Concat, .. })
}

/// Whether a part is a whole number as it is written.
fn is_whole(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Number { value } => value.fract() == 0.0,
        NodeKind::Negate { expr } => is_whole(expr),
        _ => false,
    }
}

/// Whether a number is certainly no minus zero, which one backend writes with its sign. Fields are taken as they come:
/// no provider sends one.
fn is_never_minus_zero(node: &Node) -> bool {
    let positive = |node: &Node| matches!(node.kind, NodeKind::Number { value } if value > 0.0);
    match &node.kind {
        NodeKind::Number { value } => *value != 0.0 || value.is_sign_positive(),
        NodeKind::Name { .. } | NodeKind::Variable { .. } => true,
        NodeKind::Path { steps, .. } => {
            steps.iter().all(|step| matches!(step.kind, NodeKind::Name { .. } | NodeKind::Variable { .. }))
        }
        NodeKind::Binary { op, lhs, rhs } => {
            let both = is_never_minus_zero(lhs) && is_never_minus_zero(rhs);
            match op {
                BinaryOp::Add | BinaryOp::Sub => both,
                BinaryOp::Mul => both && (positive(lhs) || positive(rhs)),
                BinaryOp::Div => both && positive(rhs),
                _ => false,
            }
        }
        NodeKind::Block { exprs, .. } => exprs.last().is_some_and(is_never_minus_zero),
        _ => false,
    }
}

/// Whether the value of a part is that of a call.
fn ends_in_call(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Function { .. } | NodeKind::Apply { .. } => true,
        NodeKind::Lambda(def) => def.thunk,
        NodeKind::Condition { then, otherwise, .. } => {
            ends_in_call(then) || otherwise.as_ref().is_some_and(|otherwise| ends_in_call(otherwise))
        }
        NodeKind::Block { exprs, .. } => exprs.last().is_some_and(ends_in_call),
        _ => false,
    }
}
