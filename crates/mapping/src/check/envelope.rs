//! What stands around the changes of a record is no change: the frame law would not hold of it.
//!
//! Constants of an envelope go with every write. Beside changes that are spread into the same object they would be changes
//! that nobody asked for; and so would a leaf of the resource that the body names anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::Scope;
use super::sites::{Site, Spot};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Absent, Body, BodyTemplate, Found, Record, RecordId};
use crate::path::Segment;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let around = Around::of(scope);
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
            around.walk(RecordId(i), template, &at, out);
        }
    }
}

/// What bodies are held against.
struct Around<'s, 'a> {
    scope: &'s Scope<'a>,
    /// The first slot that is written below each first name of a record's paths, with the path.
    owners: BTreeMap<(RecordId, &'s str), (&'s Site<'a>, &'s Spot)>,
    /// The leaves that name records.
    ids: BTreeSet<&'s str>,
}

impl<'s, 'a> Around<'s, 'a> {
    fn of(scope: &'s Scope<'a>) -> Around<'s, 'a> {
        let mut owners = BTreeMap::new();
        for site in scope.sites.iter().filter(|site| site.is_written()) {
            let Some(write) = &site.write else { continue };
            let Some(Segment::Key(key)) = write.path.segments.first() else { continue };
            if let Some(name) = key.literal() {
                owners.entry((write.record, name)).or_insert((site, write));
            }
        }
        let leaf = |record: &'s Record| match &record.found {
            Found::Leaf(leaf) => Some(leaf.as_str()),
            Found::Id | Found::Inside { .. } => None,
        };
        Around { scope, owners, ids: scope.mapping.records.iter().filter_map(leaf).collect() }
    }

    fn walk(&self, record: RecordId, template: &BodyTemplate, at: &str, out: &mut Diagnostics) {
        let scope = self.scope;
        match template {
            BodyTemplate::Value(_) => {}
            BodyTemplate::Text(text) => {
                for name in text.names().filter(|name| self.is_change(name)) {
                    let message =
                        format!("`{name}` would be sent with every write, also of a patch that does not say it");
                    out.push(
                        Diagnostic::error(Code::BadValue, scope.doc().place(at), message)
                            .with_help("take it out: what a patch says of it is among the changes"),
                    );
                }
            }
            BodyTemplate::Json(inner) => self.walk(record, inner, &pointer(at, "json"), out),
            BodyTemplate::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.walk(record, item, &pointer(at, &i.to_string()), out);
                }
            }
            BodyTemplate::Object(members) => {
                let is_spread = members.iter().any(|(name, _)| name == "*");
                for (name, member) in members {
                    if is_spread && name != "*" {
                        let is_constant = member.names().is_empty();
                        self.beside(record, name, is_constant, &pointer(at, name), out);
                    }
                    self.walk(record, member, &pointer(at, name), out);
                }
            }
        }
    }

    /// Whether a hole is a leaf of the resource, and not the id of a record.
    fn is_change(&self, name: &str) -> bool {
        let mapping = self.scope.mapping;
        // Other records may be named; their ids are no values of this one.
        let is_id = self.ids.contains(name) || name.rsplit('.').next() == Some("id");
        !is_id && !mapping.provider.has_variable(name) && mapping.model.leaf(name).is_some()
    }

    /// A member beside the changes is none of them.
    fn beside(&self, record: RecordId, name: &str, is_constant: bool, at: &str, out: &mut Diagnostics) {
        let scope = self.scope;
        let place = scope.doc().key(at);
        let help = "what goes with every write stands in an envelope around the changes, and is no field of the record";
        if let Some((site, write)) = self.owners.get(&(record, name)) {
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
        let is_field = entry.is_some_and(|node| node.has_name(name));
        if is_field {
            let message = format!("`{name}` is a field of the record, and would be written by every patch");
            out.push(Diagnostic::error(Code::BadValue, place, message).with_help(help));
        }
    }
}
