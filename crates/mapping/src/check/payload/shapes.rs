//! What a form writes can stand where its slot is written, and its value where the form reads it.

use super::kinds::{fits_place, fits_value, in_words, of_scalar};
use super::schema::{Node, Step};
use super::types::{place, shown};
use super::unknown;
use super::walk::Walk;
use crate::check::sites::{Site, Spot};
use crate::codec::Kind;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{BodyTemplate, Form};

pub(super) fn check(walk: Walk<'_, '_>, out: &mut Diagnostics) {
    for site in walk.scope.sites.iter().filter(|site| !site.is_broken()) {
        let Some(form) = site.slot.form.and_then(|id| walk.scope.mapping.forms.get(id.0)) else { continue };
        let kind = hole(walk, site, form);
        if let Some(spot) = site.write.as_ref().filter(|_| site.slot.is_writable())
            && let Some(node) = place(walk, site, spot, false)
        {
            let at = pointer("/forms", &form.name);
            let shape = Shape { walk, spot, kind };
            match &form.write {
                Some(template) => shape.hold(template, &node, &pointer(&at, "write"), out),
                None => shape.value(&node, &at, out),
            }
        }
        let kind = form.read_codec.as_ref().map_or(kind, crate::codec::Chain::wire_kind);
        for spot in site.reads.iter().filter(|_| site.slot.read_codec.is_none()) {
            let Some(start) = place(walk, site, spot, true) else { continue };
            let Some(path) = &form.read else {
                Shape { walk, spot, kind }.value(&start, &pointer("/forms", &form.name), out);
                continue;
            };
            if let Ok(node) = walk.path(&start, path, None) {
                Shape { walk, spot, kind }.value(&node, &pointer(&pointer("/forms", &form.name), "read"), out);
            }
        }
    }
}

/// The kind of the value that stands in the hole; none where it is open.
fn hole(walk: Walk<'_, '_>, site: &Site<'_>, form: &Form) -> Option<Kind> {
    let chains = [&form.codec, &site.slot.codec];
    if let Some(chain) = chains.into_iter().find(|chain| !chain.is_identity()) {
        return chain.wire_kind();
    }
    if site.slot.table.is_some() || site.slot.computed.is_some() {
        return None;
    }
    site.leaves(&walk.scope.mapping.model).first()?.scalar().map(of_scalar)
}

/// A shape around a value, held against a place.
struct Shape<'a, 'w, 's> {
    walk: Walk<'a, 's>,
    spot: &'w Spot,
    kind: Option<Kind>,
}

impl<'a> Shape<'a, '_, '_> {
    fn report(&self, found: Diagnostic, out: &mut Diagnostics) {
        out.push(found.with_related(self.spot.place(self.walk.scope.doc()), "used here"));
    }

    /// The value itself stands at the place.
    fn value(&self, node: &Node<'a>, at: &str, out: &mut Diagnostics) {
        let Some(kind) = self.kind.filter(|kind| !fits_place(*kind, node)) else { return };
        let message = format!("the form's value is {kind}, the provider holds {}", in_words(node));
        let doc = self.walk.scope.doc();
        let place =
            if doc.value().pointer(at).is_some_and(serde_json::Value::is_string) { doc.place(at) } else { doc.key(at) };
        let found = Diagnostic::error(Code::CodecMismatch, place, message);
        self.report(found.with_help("add `as` to the form"), out);
    }

    fn hold(&self, template: &BodyTemplate, node: &Node<'a>, at: &str, out: &mut Diagnostics) {
        let doc = self.walk.scope.doc();
        match template {
            BodyTemplate::Value(value) => {
                if !fits_value(value, node) || node.options().is_some_and(|options| !options.contains(&value)) {
                    let message =
                        format!("`{}` cannot stand here, where the provider holds {}", shown(value), in_words(node));
                    self.report(Diagnostic::error(Code::CodecMismatch, doc.place(at), message), out);
                }
            }
            BodyTemplate::Text(text) if text.sole() == Some("") => self.value(node, at, out),
            BodyTemplate::Text(_) | BodyTemplate::Json(_) => {
                if !fits_place(Kind::Text, node) {
                    let message = format!("a text cannot stand here, where the provider holds {}", in_words(node));
                    self.report(Diagnostic::error(Code::CodecMismatch, doc.place(at), message), out);
                }
            }
            BodyTemplate::Object(members) => {
                for (name, member) in members {
                    let at = pointer(at, name);
                    match self.walk.name(node, name, 0) {
                        Ok(node) => self.hold(member, &node, &at, out),
                        Err(lost) => self.report(unknown(doc.key(&at), &self.spot.path.to_string(), &lost), out),
                    }
                }
            }
            BodyTemplate::Array(items) => {
                let Step::To(inner) = self.walk.payload.items(node) else {
                    let message = format!("a list cannot stand here, where the provider holds {}", in_words(node));
                    return self.report(Diagnostic::error(Code::CodecMismatch, doc.place(at), message), out);
                };
                for (i, item) in items.iter().enumerate() {
                    self.hold(item, &inner, &pointer(at, &i.to_string()), out);
                }
            }
        }
    }
}
