//! What stands around the changes of a record is no change: the frame law would not hold of it.
//!
//! Constants of an envelope go with every write. Beside changes that are spread into the same object they would be changes
//! that nobody asked for; and so would a leaf of the resource that the body names anywhere.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Absent, Body, BodyTemplate, Found, RecordId};
use crate::path::Segment;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    for (i, record) in scope.mapping.records.iter().enumerate() {
        let create = match &record.absent {
            Absent::Create(request) => Some(request.as_ref()),
            Absent::Refuse => None,
        };
        for (key, request) in [("write", record.write.as_ref()), ("create", create)] {
            let at = pointer(&pointer("/records", &record.name), key);
            let (template, at) = match request.map(|request| &request.body) {
                Some(Body::Json(template)) => (template, pointer(&at, "body")),
                Some(Body::Form(template)) => (template, pointer(&pointer(&at, "body"), "form")),
                Some(Body::GraphQl { variables, .. }) => (variables, pointer(&at, "variables")),
                Some(Body::Empty | Body::JsonPatch { .. }) | None => continue,
            };
            walk(scope, RecordId(i), template, &at, out);
        }
    }
}

fn walk(scope: &Scope<'_>, record: RecordId, template: &BodyTemplate, at: &str, out: &mut Diagnostics) {
    match template {
        BodyTemplate::Value(_) => {}
        BodyTemplate::Text(text) => {
            for name in text.names().filter(|name| is_change(scope, name)) {
                let message = format!("`{name}` would be sent with every write, also of a patch that does not say it");
                out.push(
                    Diagnostic::error(Code::BadValue, scope.doc().place(at), message)
                        .with_help("take it out: what a patch says of it is among the changes"),
                );
            }
        }
        BodyTemplate::Json(inner) => walk(scope, record, inner, &pointer(at, "json"), out),
        BodyTemplate::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                walk(scope, record, item, &pointer(at, &i.to_string()), out);
            }
        }
        BodyTemplate::Object(members) => {
            let is_spread = members.iter().any(|(name, _)| name == "*");
            for (name, member) in members {
                if is_spread && name != "*" {
                    let is_constant = member.names().is_empty();
                    beside(scope, record, name, is_constant, &pointer(at, name), out);
                }
                walk(scope, record, member, &pointer(at, name), out);
            }
        }
    }
}

/// Whether a hole is a leaf of the resource, and not the id of a record.
fn is_change(scope: &Scope<'_>, name: &str) -> bool {
    let is_id = scope.mapping.records.iter().any(|record| matches!(&record.found, Found::Leaf(leaf) if leaf == name));
    // Other records may be named; their ids are no values of this one.
    let is_id = is_id || name.rsplit('.').next() == Some("id");
    !is_id && !scope.mapping.provider.has_variable(name) && scope.mapping.model.leaf(name).is_some()
}

/// A member beside the changes is none of them.
fn beside(scope: &Scope<'_>, record: RecordId, name: &str, is_constant: bool, at: &str, out: &mut Diagnostics) {
    let owner = scope.sites.iter().find_map(|site| {
        let write = site.write.as_ref().filter(|write| site.is_written() && write.record == record)?;
        matches!(write.path.segments.first(), Some(Segment::Key(key)) if key.literal() == Some(name))
            .then_some((site, write))
    });
    let place = scope.doc().key(at);
    let help = "what goes with every write stands in an envelope around the changes, and is no field of the record";
    if let Some((site, write)) = owner {
        let message = format!("`{name}` would be written by every patch, and `{}` owns it", site.name());
        out.push(
            Diagnostic::error(Code::TwoOwners, place, message)
                .with_related(write.place(scope.doc()), "owned here")
                .with_help(help),
        );
        return;
    }
    let Some(payload) = scope.payload.filter(|_| is_constant) else { return };
    let entry = payload.entry(&format!("{}.write", scope.mapping.record(record).name));
    let is_field = entry.is_some_and(|node| node.names().contains(&name));
    if is_field {
        let message = format!("`{name}` is a field of the record, and would be written by every patch");
        out.push(Diagnostic::error(Code::BadValue, place, message).with_help(help));
    }
}
