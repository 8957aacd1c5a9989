//! The walk over the tree of an expression that parses.

use std::collections::BTreeSet;
use std::ops::Range;

use jlens_core::ast::{Attrs, BinaryOp, FallbackOp, LambdaDef, Node, NodeKind, Span, Stage};

use super::places::Places;
use super::scopes::Scopes;
use super::{Audit, Finding, FindingKind, Read, clamp};

/// From here on neighbouring integers are the same float.
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// Audits a compiled expression.
pub(super) fn walk(expression: &jlens_core::Expression) -> Audit {
    let mut walker = Walker {
        text: expression.source(),
        audit: Audit::default(),
        scopes: Scopes::new(),
        nonzero: Vec::new(),
        structured: BTreeSet::new(),
    };
    walker.value(&expression.ast().root, &Places::root());
    walker.complete(expression.reads().input());
    walker.audit
}

/// What is known on the way.
pub(super) struct Walker<'t> {
    pub(super) text: &'t str,
    pub(super) audit: Audit,
    pub(super) scopes: Scopes,
    /// Divisors that are tested around here, as they are written.
    pub(super) nonzero: Vec<String>,
    /// Variables that may hold what text is made of in two ways.
    pub(super) structured: BTreeSet<String>,
}

impl Walker<'_> {
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        clamp(self.text, span.start, span.end)
    }

    /// The characters of a node's main token, which ends at `pos`.
    pub(super) fn token(&self, node: &Node) -> Range<usize> {
        clamp(self.text, node.span.start, node.pos)
    }

    pub(super) fn find(&mut self, kind: FindingKind, range: Range<usize>, message: String) {
        self.find_with_help(kind, range, message, None);
    }

    pub(super) fn find_with_help(
        &mut self,
        kind: FindingKind,
        range: Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        self.audit.findings.push(Finding { kind, range, message, help });
    }

    pub(super) fn default_only(&mut self, range: Range<usize>, what: &str, help: &str) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        let message = format!("only the default backend has {what}");
        self.find_with_help(FindingKind::OneBackendOnly, range, message, help);
    }

    pub(super) fn record(&mut self, places: &Places, range: &Range<usize>) {
        self.audit.reads.extend(places.reads(range));
    }

    /// Adds what the engine's own analysis has and the walk has not, so that no read is missing.
    fn complete(&mut self, input: Option<&jlens_core::reads::Read>) {
        let Some(input) = input else { return };
        // The engine takes an unknown function for one that its host adds and that reads all.
        let mut findings = self.audit.findings.iter();
        if findings.any(|finding| finding.kind == FindingKind::UnknownFunction) {
            return;
        }
        let mut leaves = Vec::new();
        leaves_of(input, &mut Vec::new(), &mut leaves);
        let whole = 0..self.text.len();
        for path in leaves {
            let mut reads = self.audit.reads.iter();
            if !reads.any(|read| path.starts_with(&read.path)) {
                self.audit.reads.push(Read { segments: vec![whole.clone(); path.len()], path, range: whole.clone() });
            }
        }
    }

    /// Walks a part that is evaluated in `context`, and returns where its value comes from.
    pub(super) fn value(&mut self, node: &Node, context: &Places) -> Places {
        jlens_core::stack::grow(|| {
            let places = self.kind(node, context);
            self.attributes(&node.attrs, places)
        })
    }

    fn kind(&mut self, node: &Node, context: &Places) -> Places {
        match &node.kind {
            NodeKind::Path { steps, .. } => return self.path(steps, context, false),
            NodeKind::Name { .. }
            | NodeKind::Variable { .. }
            | NodeKind::Wildcard
            | NodeKind::Descendant
            | NodeKind::Sort { .. } => return self.path(std::slice::from_ref(node), context, true),
            NodeKind::Block { exprs, .. } => return self.block(exprs, context),
            NodeKind::Bind { lhs, rhs } => return self.bind(lhs, rhs, context),
            NodeKind::Function { procedure, args } => {
                let range = self.range(node.span);
                return self.call(&range, procedure, args, None, context);
            }
            NodeKind::Partial { procedure, args } => {
                let range = self.range(node.span);
                self.default_only(range.clone(), "partial application", "write a `function`, or pass all arguments");
                self.call(&range, procedure, args, None, context);
            }
            NodeKind::Apply { lhs, rhs } => return self.apply(lhs, rhs, context),
            NodeKind::Lambda(def) => return self.lambda(def, node.span, &[], context),
            NodeKind::Condition { condition, then, otherwise } => {
                self.value(condition, context);
                self.truthiness(condition);
                let tested = self.tested_nonzero(condition);
                self.nonzero.extend(tested.clone());
                let mut places = self.value(then, context);
                self.nonzero.truncate(self.nonzero.len() - usize::from(tested.is_some()));
                if let Some(otherwise) = otherwise {
                    places = places.or(self.value(otherwise, context));
                }
                return places;
            }
            NodeKind::Fallback { op, lhs, rhs } => {
                let operator = clamp(self.text, node.pos.saturating_sub(2), node.pos);
                let what = format!("`{}`", op.symbol());
                self.default_only(operator, &what, "write `$exists(x) ? x : y`");
                if *op == FallbackOp::Default {
                    self.truthiness(lhs);
                }
                let places = self.value(lhs, context);
                return places.or(self.value(rhs, context));
            }
            NodeKind::Binary { op, lhs, rhs } => self.binary(*op, lhs, rhs, context),
            NodeKind::Negate { expr } => {
                let places = self.value(expr, context);
                self.identifier(&places, expr);
            }
            NodeKind::Array { items } => {
                self.picked(node);
                return items.iter().fold(Places::unknown(), |places, item| places.or(self.value(item, context)));
            }
            NodeKind::Object { pairs } => self.pairs(pairs, context),
            NodeKind::Transform(_) => {
                self.transform(node, &Places::unknown(), context);
            }
            NodeKind::Parent { .. } => {
                let range = self.range(node.span);
                self.default_only(range, "`%`", "bind the parent with `@` first");
            }
            NodeKind::Regex { .. } => self.regex(node),
            NodeKind::Number { value } if value.abs() >= INEXACT => {
                let range = self.range(node.span);
                let message = "this number is rounded: from 2^53 on, numbers are not exact".into();
                let help = "write it as text".to_owned();
                self.find_with_help(FindingKind::LargeInteger, range, message, Some(help));
            }
            NodeKind::String { .. }
            | NodeKind::Number { .. }
            | NodeKind::Bool { .. }
            | NodeKind::Null
            | NodeKind::Placeholder
            | NodeKind::Error { .. } => {}
        }
        Places::unknown()
    }

    /// Filters and grouping that stand behind a part whose value comes from `places`.
    pub(super) fn attributes(&mut self, attrs: &Attrs, places: Places) -> Places {
        for stage in attrs.stages.iter().chain(&attrs.predicate) {
            match stage {
                Stage::Filter { expr, .. } => {
                    self.value(expr, &places);
                }
                Stage::Index { var, .. } => self.scopes.bind(var, Places::unknown()),
            }
        }
        if let Some(index) = &attrs.index {
            self.scopes.bind(index, Places::unknown());
        }
        if let Some(group) = &attrs.group {
            self.pairs(&group.pairs, &places);
            return Places::unknown();
        }
        places
    }

    fn pairs(&mut self, pairs: &[(Node, Node)], context: &Places) {
        for (key, value) in pairs {
            self.value(key, context);
            self.key(key);
            self.value(value, context);
        }
    }

    fn block(&mut self, parts: &[Node], context: &Places) -> Places {
        let later = parts.iter().filter_map(bound_name).map(str::to_owned);
        self.scopes.open(later.collect());
        let mut places = Places::unknown();
        for part in parts {
            places = self.value(part, context);
        }
        self.scopes.close();
        places
    }

    fn bind(&mut self, lhs: &Node, rhs: &Node, context: &Places) -> Places {
        let NodeKind::Variable { name } = &lhs.kind else {
            return Places::unknown();
        };
        let plain = rhs.attrs.stages.is_empty() && rhs.attrs.predicate.is_empty();
        let places = match &rhs.kind {
            // Another name for a value reads nothing of it yet.
            NodeKind::Variable { name } if plain && rhs.attrs.group.is_none() => {
                let range = self.token(rhs);
                self.variable(name, &range, context.clone())
            }
            NodeKind::Lambda(_) => {
                self.scopes.bind(name, Places::unknown());
                self.value(rhs, context)
            }
            _ => self.value(rhs, context),
        };
        self.bound_to(name, rhs);
        self.scopes.bind(name, places.clone());
        places
    }

    /// Walks the body of a function whose parameters come from `arguments`, as far as known.
    pub(super) fn lambda(&mut self, def: &LambdaDef, span: Span, arguments: &[Places], context: &Places) -> Places {
        if def.thunk {
            return self.value(&def.body, context);
        }
        if def.signature.is_some() {
            let whole = self.range(span);
            let head = self.text.get(whole.start..def.body.span.start);
            let range = head
                .and_then(|head| Some((head.find('<')?, head.rfind('>')? + 1)))
                .map_or(whole.clone(), |(start, end)| whole.start + start..whole.start + end);
            self.default_only(range, "signatures of functions", "leave the signature out");
        }
        let outside = self.scopes.enter();
        for (index, name) in def.params.iter().enumerate() {
            let places = arguments.get(index).cloned().unwrap_or_default();
            self.scopes.bind(name, places);
        }
        self.value(&def.body, context);
        self.scopes.leave(outside);
        Places::unknown()
    }

    fn binary(&mut self, op: BinaryOp, lhs: &Node, rhs: &Node, context: &Places) {
        for side in [lhs, rhs] {
            let places = self.value(side, context);
            match op {
                BinaryOp::And | BinaryOp::Or => self.truthiness(side),
                BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod => {
                    self.identifier(&places, side);
                }
                BinaryOp::Concat => self.as_text(side, &places),
                _ => {}
            }
        }
        self.divisor(op, rhs);
    }

    /// `| pattern | update, delete |` on a value that comes from `places`.
    pub(super) fn transform(&mut self, node: &Node, places: &Places, context: &Places) {
        let NodeKind::Transform(def) = &node.kind else {
            return;
        };
        let range = self.range(node.span);
        let message = "the backends differ on transforming lists".into();
        self.find(FindingKind::OneBackendOnly, range, message);
        let matched = self.value(&def.pattern, places);
        self.value(&def.update, &matched);
        if let Some(delete) = &def.delete {
            self.value(delete, context);
        }
    }
}

/// The name that a part of a block binds.
fn bound_name(node: &Node) -> Option<&str> {
    match &node.kind {
        NodeKind::Bind { lhs, .. } => match &lhs.kind {
            NodeKind::Variable { name } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The deepest paths of what the engine says is read.
fn leaves_of(read: &jlens_core::reads::Read, path: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) {
    match read.fields() {
        Some(fields) if !fields.is_empty() => {
            for (name, below) in fields {
                path.push(name.clone());
                leaves_of(below, path, leaves);
                path.pop();
            }
        }
        // The input is needed to be there, but no field of it is.
        Some(_) if path.is_empty() => {}
        _ => leaves.push(path.clone()),
    }
}
