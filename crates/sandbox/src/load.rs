//! Text to a checked file: every name that a file uses is declared in it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::check;
use crate::error::SandboxError;
use crate::file::Name;
use crate::parse::parse;
use crate::spec::{ChildrenField, ComputedField, Demo, Spec};

/// A problem and the bytes it is at.
pub(crate) type Problem = (Range<usize>, String);

/// The condition that a write has created its record.
pub(crate) const CREATED: &str = "created";

/// The version of the language that this crate reads.
pub(crate) const LANGUAGE: u32 = 1;

/// Reads and checks a sandbox file.
pub(crate) fn load(name: &str, text: &str) -> Result<Spec, SandboxError> {
    let at = |span: Range<usize>, problem: String| SandboxError::at(name, text, span.start, problem);
    let file = parse(text).map_err(|(span, problem)| at(span, problem))?;
    check(&file).map_err(|(span, problem)| at(span, problem))?;
    let computed = file.collections.iter().flat_map(|(name, collection)| {
        collection.computed.iter().map(|computed| ComputedField {
            collection: name.clone(),
            field: computed.get_ref().field.text(),
            source: computed.get_ref().source.clone(),
        })
    });
    let computed = computed.collect();
    let children = file.collections.iter().flat_map(|(name, collection)| {
        let fields =
            collection.fields.iter().filter_map(|(field, about)| Some((field, about.get_ref().children.as_ref()?)));
        fields.map(|(field, children)| ChildrenField {
            collection: name.clone(),
            field: field.clone(),
            children: children.collection.get_ref().clone(),
            by: children.by.get_ref().clone(),
            same: children.same.get_ref().clone(),
        })
    });
    let children = children.collect();
    let mut routes = Vec::new();
    let schemes: Vec<String> = file.auth.keys().cloned().collect();
    let mut known = crate::resolve::Known {
        collections: &file.collections,
        links: &file.links,
        asks: &file.asks,
        errors: &file.errors,
        replies: &file.replies,
        auth: &file.auth,
        refuse: &file.refuse,
        schemes: &schemes,
    };
    for route in file.routes {
        routes.push(crate::resolve::route(&mut known, route).map_err(|(span, problem)| at(span, problem))?);
    }
    Ok(Spec {
        clock: file.clock,
        demo: Demo {
            variables: file.demo.variables,
            scheme: file.demo.scheme.into_inner(),
            secrets: file.demo.secrets,
            first_collection: file.demo.first.collection.into_inner(),
            first_id: file.demo.first.id.into_inner(),
        },
        longest_body: file.longest_body,
        headers: file.headers,
        auth: file.auth,
        demands: file.demands,
        asks: file.asks,
        refuse: file.refuse,
        refusals: file.refusals,
        errors: file.errors,
        forms: file.forms.into_iter().map(|(name, form)| (name, form.into_inner())).collect(),
        replies: file.replies,
        collections: file.collections,
        links: file.links,
        routes,
        computed,
        children,
    })
}

/// Whether a name is declared; the problem lists those that are.
pub(crate) fn declared<T>(what: &str, name: &Name, known: &BTreeMap<String, T>) -> Result<(), Problem> {
    if known.contains_key(name.get_ref()) {
        return Ok(());
    }
    let names: Vec<&str> = known.keys().map(String::as_str).collect();
    Err((name.span(), format!("no {what} `{}`; declared are {}", name.get_ref(), names.join(", "))))
}
