//! The properties of `payload.json` against those of the vendor's description.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::descriptions::{Description, Shown};
use crate::schema::Schemas;
use crate::verdict::Contradiction;

/// What a description says of the properties of one provider's `payload.json`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compared {
    /// How many are there, with a type that fits.
    pub(crate) same: usize,
    /// The properties that the description says nothing about.
    pub(crate) silent: Vec<String>,
    /// Contradictions.
    pub(crate) contradicted: Vec<Contradiction>,
}

/// Which way the values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Written,
    Read,
}

/// A place of a description.
enum Place<'a> {
    Schemas(&'a Schemas, Vec<&'a Value>),
    Types(&'a crate::graphql::GraphQl, Vec<String>),
}

impl Compared {
    /// Compares every entry that stands for a record.
    pub(crate) fn of(payload: &Value, description: &Description, shown: &dyn Fn(&str) -> Option<Shown>) -> Compared {
        let own = Schemas::new(payload.clone());
        let mut compared = Compared::default();
        for (entry, schema) in own.document["$defs"].as_object().into_iter().flatten() {
            let way = match entry.rsplit_once('.') {
                Some((_, "write")) => Way::Written,
                Some((_, "read")) => Way::Read,
                _ => continue,
            };
            let Some(shown) = shown(entry) else {
                compared
                    .contradicted
                    .push(Contradiction::new("descriptions.toml", format!("it says nothing of `{entry}`")));
                continue;
            };
            if shown.silent.is_some() {
                compared.silence(&own, &[schema], entry);
                continue;
            }
            match place(description, &shown) {
                Some(place) => compared.members(&own, &[schema], &place, entry, way),
                None => {
                    compared
                        .contradicted
                        .push(Contradiction::new(format!("{shown:?}"), "it is not in the description"));
                }
            }
        }
        compared
    }

    fn silence(&mut self, own: &Schemas, schemas: &[&Value], at: &str) {
        let names = own.branches(schemas).into_iter().filter_map(|node| node.get("properties")?.as_object());
        let names = names.flatten().map(|(name, _)| format!("{at} {name}"));
        self.silent.extend(names);
    }

    fn members(&mut self, own: &Schemas, schemas: &[&Value], place: &Place<'_>, at: &str, way: Way) {
        let objects = own.branches(schemas).into_iter().filter_map(|node| node.get("properties")?.as_object());
        for (name, schema) in objects.flatten() {
            self.member(own, schema, place, name, &format!("{at}/{name}"), way);
        }
        let items = own.items(schemas);
        if !items.is_empty() {
            let inner = match place {
                Place::Schemas(theirs, nodes) => Place::Schemas(theirs, theirs.items(nodes)),
                Place::Types(theirs, names) => Place::Types(theirs, names.clone()),
            };
            self.members(own, &items, &inner, &format!("{at}/*"), way);
        }
    }

    fn member(&mut self, own: &Schemas, schema: &Value, place: &Place<'_>, name: &str, at: &str, way: Way) {
        let (types, inner, read_only) = match place {
            Place::Schemas(theirs, nodes) => {
                let found = theirs.member(nodes, name);
                if found.is_empty() {
                    if theirs.is_closed(nodes) {
                        self.contradicted.push(Contradiction::new(at, "the description has no such property"));
                    } else {
                        self.silent.push(at.to_owned());
                    }
                    return;
                }
                (
                    theirs.types(&found).unwrap_or_default(),
                    Place::Schemas(theirs, found.clone()),
                    theirs.is_read_only(&found),
                )
            }
            Place::Types(theirs, names) => {
                let found: Vec<_> = names.iter().filter_map(|of| theirs.field(of, name)).collect();
                if found.is_empty() {
                    self.contradicted.push(Contradiction::new(at, format!("no type of {names:?} has such a field")));
                    return;
                }
                let types = found.iter().flat_map(|(types, _)| types.clone()).collect();
                (types, Place::Types(theirs, found.into_iter().flat_map(|(_, leads)| leads).collect()), false)
            }
        };
        if read_only && way == Way::Written {
            self.contradicted.push(Contradiction::new(at, "it is written, and only an answer has it"));
            return;
        }
        let ours = own.types(&[schema]).unwrap_or_default();
        if types.is_empty() || ours.is_empty() {
            self.silent.push(at.to_owned());
            return;
        }
        if let Some(reason) = disagreement(&ours, &types, way) {
            self.contradicted.push(Contradiction::new(at, reason));
            return;
        }
        self.same += 1;
        self.members(own, &[schema], &inner, at, way);
    }
}

/// Why two sets of types do not fit: whoever takes has to take all that the other one gives.
fn disagreement(ours: &BTreeSet<String>, theirs: &BTreeSet<String>, way: Way) -> Option<String> {
    let (given, taken) = match way {
        Way::Written => (ours, theirs),
        Way::Read => (theirs, ours),
    };
    // Every reader takes null for what is not there, and many descriptions allow it everywhere.
    let is_absence = |one: &str| one == "null" && way == Way::Read;
    let takes = |one: &String| taken.contains(one) || (one == "integer" && taken.contains("number")) || is_absence(one);
    let left: Vec<&String> = given.iter().filter(|one| !takes(one)).collect();
    if left.is_empty() { None } else { Some(format!("ours is {ours:?}, and the description has {theirs:?}")) }
}

fn place<'a>(description: &'a Description, shown: &Shown) -> Option<Place<'a>> {
    match description {
        Description::GraphQl(graphql) => {
            let name = shown.kind.clone()?;
            graphql.schema.types.get(name.as_str())?;
            Some(Place::Types(graphql, vec![name]))
        }
        Description::Columns(columns) => {
            Some(Place::Schemas(&columns.schemas, vec![columns.definition(shown.define.as_deref()?)?]))
        }
        Description::OpenApi(openapi) => {
            let schemas = &openapi.schemas;
            let content = match (&shown.request, &shown.answer) {
                (Some(name), None) => schemas.resolve(openapi.named(name)?.get("requestBody")?),
                (None, Some(name)) => {
                    let answers = openapi.named(name)?.get("responses")?.as_object()?;
                    schemas.resolve(answers.iter().find(|(status, _)| status.starts_with('2'))?.1)
                }
                _ => return None,
            };
            let (_, content) = content.get("content")?.as_object()?.iter().next()?;
            let mut nodes = vec![content.get("schema")?];
            for step in &shown.at {
                nodes = if step == "*" { schemas.items(&nodes) } else { schemas.member(&nodes, step) };
            }
            if nodes.is_empty() { None } else { Some(Place::Schemas(schemas, nodes)) }
        }
    }
}
