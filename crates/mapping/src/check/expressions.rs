//! What an expression calls and reads exists, and reads no other leaves than it states.

use std::collections::{BTreeMap, BTreeSet};

use super::payload::{Node, Payload, Step, Walk, unknown};
use super::sites::Site;
use super::{Scope, error};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::document::pointer;
use crate::expression::{Audit, FindingKind, Read, audit};
use crate::mapping::{Computed, RecordId};
use crate::model::{FieldKind, Scalar};
use crate::path::Segment;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let mut known = Known::default();
    for site in &scope.sites {
        let (Some(raw), Some(computed)) = (site.raw.and_then(|raw| raw.expr.as_ref()), &site.slot.computed) else {
            continue;
        };
        let at = site.sub("expr");
        if raw.read.is_none() && raw.write.is_none() {
            error(out, Code::MissingKey, scope.doc().key(&at), "an expression has `read`, `write` or both");
        }
        // A text that does not compile has its finding where it is compiled.
        if let Some(expression) = &computed.read {
            let at = pointer(&at, "read");
            let audit = audit(expression.text());
            findings(scope, site, &audit, &at, out);
            remote_reads(scope, site, &audit, &mut known, &at, out);
        }
        if let Some(expression) = &computed.write {
            let write_at = pointer(&at, "write");
            let audit = audit(expression.text());
            findings(scope, site, &audit, &write_at, out);
            unified_reads(scope, computed, &audit, &mut known, &at, out);
        } else if let (Some(_), false) = (raw.reads.first(), raw.write.is_some()) {
            error(
                out,
                Code::ExpressionReads,
                scope.doc().key(&pointer(&at, "reads")),
                "`reads` belongs to `write`, and there is none",
            );
        }
    }
}

/// What several expressions are held against, made when the first one needs it.
#[derive(Default)]
struct Known {
    /// The first names of the paths that are read, by record.
    heads: Option<BTreeMap<RecordId, BTreeSet<String>>>,
    /// The names of the model's leaves.
    leaves: Option<BTreeSet<String>>,
}

impl Known {
    /// The first names of the paths that are read from a record.
    fn heads(&mut self, scope: &Scope<'_>, id: RecordId) -> Option<&BTreeSet<String>> {
        let all = self.heads.get_or_insert_with(|| {
            let mut all: BTreeMap<RecordId, BTreeSet<String>> = BTreeMap::new();
            for address in scope.mapping.addresses_read().filter(|address| !address.path.root) {
                let Some(Segment::Key(key)) = address.path.segments.first() else { continue };
                if let Some(name) = key.literal() {
                    all.entry(address.record).or_default().insert(name.to_owned());
                }
            }
            all
        });
        all.get(&id)
    }

    /// The names of the model's leaves, sorted.
    fn leaves(&mut self, scope: &Scope<'_>) -> &BTreeSet<String> {
        self.leaves.get_or_insert_with(|| scope.mapping.model.leaf_names().into_iter().collect())
    }
}

/// What the audit finds by itself.
fn findings(scope: &Scope<'_>, site: &Site<'_>, audit: &Audit, at: &str, out: &mut Diagnostics) {
    for finding in &audit.findings {
        let (code, severity) = match finding.kind {
            FindingKind::Syntax => (Code::ExpressionSyntax, Severity::Error),
            FindingKind::UnknownFunction | FindingKind::Forbidden => (Code::ExpressionUnknownFunction, Severity::Error),
            FindingKind::Arity => (Code::ExpressionArity, Severity::Error),
            FindingKind::OneBackendOnly => (Code::ExpressionOneBackend, Severity::Warning),
            FindingKind::LargeInteger => (Code::ExpressionLargeInteger, Severity::Warning),
            FindingKind::Truthiness => (Code::ExpressionTruthiness, Severity::Warning),
        };
        if finding.kind == FindingKind::Truthiness && of_boolean(scope, site) {
            continue;
        }
        let place = scope.doc().within(at, finding.range.clone());
        let mut found = Diagnostic::new(code, place, finding.message.clone());
        found.severity = severity;
        out.push(match &finding.help {
            Some(help) => found.with_help(help.clone()),
            None => found,
        });
    }
    for (name, range) in &audit.variables {
        let place = scope.doc().within(at, range.clone());
        error(out, Code::UnknownVariable, place, format!("`${name}` is bound to nothing"));
    }
}

/// Whether the leaf is true or false itself, so that a test for truth loses nothing.
fn of_boolean(scope: &Scope<'_>, site: &Site<'_>) -> bool {
    site.leaves(&scope.mapping.model).iter().all(|leaf| leaf.scalar() == Some(Scalar::Boolean))
}

/// The paths that reading takes from the record.
fn remote_reads(scope: &Scope<'_>, site: &Site<'_>, audit: &Audit, known: &mut Known, at: &str, out: &mut Diagnostics) {
    let Some(payload) = scope.payload else { return };
    let walk = Walk { payload, scope };
    let record = site.slot.read.first().map_or(scope.mapping.main, |address| address.record);
    let Some(entry) = walk.entry(record, "read") else { return };
    let name = scope.record(record).map_or("", |record| record.name.as_str());
    let view = scope.record(record).and_then(|record| record.index.as_ref());
    selected(scope, record, audit, known, at, out);
    for read in &audit.reads {
        // What a view of keyed items shows is known only in part.
        if view.is_some_and(|view| view.name.is_none() || view.name.as_ref() == read.path.first()) {
            continue;
        }
        let mut node = entry.clone();
        let mut is_found = true;
        for (i, step) in read.path.iter().enumerate() {
            node = through_lists(payload, node);
            match walk.name(&node, step, i) {
                Ok(next) => node = next,
                Err(lost) => {
                    let range = read.segments.get(i).unwrap_or(&read.range).clone();
                    let mut found = unknown(scope.doc().within(at, range), &format!("{name}.read"), &lost);
                    found.code = Code::ExpressionUnknownPath;
                    out.push(found);
                    is_found = false;
                    break;
                }
            }
        }
        let is_text = audit.texts.iter().any(|text| text.path == read.path);
        if is_found && is_text && !read.path.is_empty() && through_lists(payload, node).has_type("object") {
            let place = scope.doc().within(at, read.range.clone());
            let message = "this is an object, and the backends write the text of an object differently";
            let mut found = Diagnostic::new(Code::ExpressionOneBackend, place, message);
            found.severity = Severity::Warning;
            out.push(found);
        }
    }
}

/// Where a read asks for named fields only, what an expression takes is asked for.
fn selected(scope: &Scope<'_>, id: RecordId, audit: &Audit, known: &mut Known, at: &str, out: &mut Diagnostics) {
    let asks =
        scope.record(id).and_then(|record| record.read.as_ref()).is_some_and(|read| read.names().contains(&"select"));
    if !asks {
        return;
    }
    let asked = known.heads(scope, id);
    for read in &audit.reads {
        let Some(name) = read.path.first() else { continue };
        if !asked.is_some_and(|asked| asked.contains(name)) {
            let range = read.segments.first().unwrap_or(&read.range).clone();
            let place = scope.doc().within(at, range);
            out.push(
                Diagnostic::error(
                    Code::ExpressionReads,
                    place,
                    format!("`{name}` is not asked for: `{{select}}` names the paths that are read"),
                )
                .with_help("add it to the slot's `read`"),
            );
        }
    }
}

/// What stands in the items of a list: `JSONata` passes through lists.
fn through_lists<'a>(payload: Payload<'a>, mut node: Node<'a>) -> Node<'a> {
    for _ in 0..8 {
        match payload.items(&node) {
            Step::To(item) if !node.is_open() && !node.has_type("object") => node = item,
            _ => break,
        }
    }
    node
}

/// The unified leaves that writing takes are there and are stated; what is stated is taken.
fn unified_reads(
    scope: &Scope<'_>,
    computed: &Computed,
    audit: &Audit,
    known: &mut Known,
    at: &str,
    out: &mut Diagnostics,
) {
    let model = &scope.mapping.model;
    let write_at = pointer(at, "write");
    let names = known.leaves(scope);
    let mut taken: Vec<String> = Vec::new();
    for read in &audit.reads {
        let wanted = read.path.join(".");
        let of_object = |stated: &String| stated.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('.'));
        if computed.reads.contains(&wanted) || computed.reads.iter().any(of_object) {
            taken.extend(computed.reads.iter().filter(|stated| **stated == wanted || of_object(stated)).cloned());
            continue;
        }
        let place = scope.doc().within(&write_at, place_of(read, model));
        if read.path.is_empty() {
            // The whole input: exactly what is stated.
            taken.extend(computed.reads.iter().cloned());
        } else if names.contains(&wanted) {
            let message = format!("the expression reads `{wanted}`, which `reads` does not state");
            let reads =
                computed.reads.iter().chain([&wanted]).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
            out.push(Diagnostic::error(Code::ExpressionReads, place, message).with_help(format!("reads = [{reads}]")));
        } else {
            let message = format!("`{}` has no leaf `{wanted}`", model.resource);
            let known = did_you_mean(&wanted, names.iter().map(String::as_str));
            out.push(Diagnostic::error(Code::ExpressionUnknownPath, place, message).with_help(known));
        }
    }
    for (i, stated) in computed.reads.iter().enumerate() {
        if !taken.contains(stated) && model.leaf(stated).is_some() {
            let place = scope.doc().place(&pointer(&pointer(at, "reads"), &i.to_string()));
            error(out, Code::ExpressionReads, place, format!("the expression does not read `{stated}`"));
        }
    }
}

/// The names of a read that do not lead to a leaf; all of it where the first one is no field.
fn place_of(read: &Read, model: &crate::model::Model) -> std::ops::Range<usize> {
    let object = read
        .path
        .first()
        .and_then(|name| model.field(name))
        .is_some_and(|field| matches!(field.kind, FieldKind::Object(_)));
    match (object, read.segments.get(1)) {
        (true, Some(second)) => second.clone(),
        _ => read.range.clone(),
    }
}
