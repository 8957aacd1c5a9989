//! Schemas inside a document: validating a value, and telling what a schema says nothing about.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value};

use crate::verdict::{Contradiction, Verdict};

/// More references than any chain has.
const LONGEST_CHAIN: usize = 40;

/// A document whose schemas can be validated against.
pub(crate) struct Schemas {
    /// The document; references lead into it.
    pub(crate) document: Value,
    /// What has been compiled so far, by its text.
    compiled: RefCell<BTreeMap<String, Rc<Validator>>>,
}

impl Schemas {
    pub(crate) fn new(document: Value) -> Schemas {
        Schemas { document, compiled: RefCell::default() }
    }

    /// A node without its reference.
    pub(crate) fn resolve<'a>(&'a self, node: &'a Value) -> &'a Value {
        let mut node = node;
        for _ in 0..LONGEST_CHAIN {
            let Some(target) = node.get("$ref").and_then(Value::as_str) else { break };
            match target.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer)) {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    /// Holds a value against a schema. Contradictions and silence are noted under the place.
    pub(crate) fn judge(&self, schema: &Value, value: &Value, place: &str, part: &str, verdict: &mut Verdict) {
        let validator = self.validator(schema);
        for error in validator.iter_errors(value) {
            let at = error.instance_path().to_string();
            let why = format!("{part}{at}: {error}");
            verdict.refused.push(Contradiction::new(format!("{place} {}", error.schema_path()), why));
        }
        self.undescribed(&[schema], value, part, verdict);
        self.read_only(&[schema], value, &format!("{place} {part}"), verdict);
    }

    fn validator(&self, schema: &Value) -> Rc<Validator> {
        let text = schema.to_string();
        if let Some(known) = self.compiled.borrow().get(&text) {
            return Rc::clone(known);
        }
        let mut root = match schema {
            Value::Object(object) => object.clone(),
            Value::Bool(false) => Map::from_iter([("not".to_owned(), Map::new().into())]),
            _ => Map::new(),
        };
        // References lead to places of the document: they are places of the root.
        for (name, part) in self.document.as_object().into_iter().flatten() {
            root.entry(name.clone()).or_insert_with(|| part.clone());
        }
        root.remove("$schema");
        let mut options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        // An address of the vendor's would be the base of its references.
        root.remove("$id");
        options = options.offline();
        let built = options.build(&root.into());
        let built = Rc::new(built.unwrap_or_else(|error| panic!("the description has no legal schema: {error}")));
        self.compiled.borrow_mut().insert(text, Rc::clone(&built));
        built
    }

    /// Every schema that stands at a place: references followed, alternatives taken together.
    pub(crate) fn branches<'a>(&'a self, schemas: &[&'a Value]) -> Vec<&'a Value> {
        let mut found: Vec<&Value> = Vec::new();
        let mut open: Vec<&Value> = schemas.to_vec();
        while let Some(next) = open.pop() {
            let node = self.resolve(next);
            if found.iter().any(|known| std::ptr::eq(*known, node)) {
                continue;
            }
            found.push(node);
            for word in ["allOf", "anyOf", "oneOf"] {
                open.extend(node.get(word).and_then(Value::as_array).into_iter().flatten());
            }
        }
        found
    }

    /// The schemas of a member; none where nothing is said about it.
    pub(crate) fn member<'a>(&'a self, schemas: &[&'a Value], name: &str) -> Vec<&'a Value> {
        let branches = self.branches(schemas);
        let mut found: Vec<&Value> = branches.iter().filter_map(|node| node.get("properties")?.get(name)).collect();
        for node in &branches {
            let patterns = node.get("patternProperties").and_then(Value::as_object);
            found.extend(
                patterns.into_iter().flatten().filter(|(pattern, _)| matches(pattern, name)).map(|(_, schema)| schema),
            );
        }
        if found.is_empty() {
            let others = branches.iter().filter_map(|node| node.get("additionalProperties"));
            found.extend(others.filter(|other| other.as_object().is_some_and(|schema| !schema.is_empty())));
        }
        found
    }

    /// The schemas of an item.
    pub(crate) fn items<'a>(&'a self, schemas: &[&'a Value]) -> Vec<&'a Value> {
        self.branches(schemas).into_iter().filter_map(|node| node.get("items")).collect()
    }

    /// Whether a place takes no other members than those it names.
    pub(crate) fn is_closed(&self, schemas: &[&Value]) -> bool {
        let branches = self.branches(schemas);
        branches.iter().any(|node| node.get("additionalProperties") == Some(&Value::Bool(false)))
    }

    /// The types of JSON that a place takes; none where nothing is said about it.
    pub(crate) fn types(&self, schemas: &[&Value]) -> Option<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        for node in self.branches(schemas) {
            match node.get("type") {
                Some(Value::String(one)) => {
                    found.insert(one.clone());
                }
                Some(Value::Array(several)) => {
                    found.extend(several.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ if node.get("properties").is_some() => {
                    found.insert("object".to_owned());
                }
                _ => {
                    let values = node.get("enum").and_then(Value::as_array).into_iter().flatten();
                    found.extend(values.chain(node.get("const")).map(|value| type_of(value).to_owned()));
                }
            }
        }
        if found.is_empty() { None } else { Some(found) }
    }

    /// Notes the members that the schema says nothing about.
    fn undescribed(&self, schemas: &[&Value], value: &Value, part: &str, verdict: &mut Verdict) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let known = self.member(schemas, name);
                    let part = format!("{part}/{name}");
                    if !known.is_empty() {
                        self.undescribed(&known, member, &part, verdict);
                    } else if !self.is_closed(schemas) {
                        verdict.silent(part);
                    }
                }
            }
            Value::Array(items) => {
                let known = self.items(schemas);
                for item in items {
                    if known.is_empty() {
                        verdict.silent(format!("{part}/*"));
                    } else {
                        self.undescribed(&known, item, &format!("{part}/*"), verdict);
                    }
                }
            }
            _ => {}
        }
    }

    /// Refuses members that only an answer has.
    fn read_only(&self, schemas: &[&Value], value: &Value, place: &str, verdict: &mut Verdict) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let known = self.member(schemas, name);
                    let place = format!("{place}/{name}");
                    if self.is_read_only(&known) {
                        verdict.refuse(&place, format!("`{name}` is sent, and only an answer has it"));
                    }
                    self.read_only(&known, member, &place, verdict);
                }
            }
            Value::Array(items) => {
                let known = self.items(schemas);
                for item in items {
                    self.read_only(&known, item, place, verdict);
                }
            }
            _ => {}
        }
    }

    /// Whether only an answer has what stands at a place.
    pub(crate) fn is_read_only(&self, schemas: &[&Value]) -> bool {
        self.branches(schemas).iter().any(|node| node.get("readOnly") == Some(&Value::Bool(true)))
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(name))
}

/// The type of a value, as JSON Schema names it.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
