//! The schema of the provider's bodies, walked step by step.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::{Map, Value};

use crate::document::pointer;

/// The entries of a provider's `payload.json`.
#[derive(Clone, Copy)]
pub(in crate::check) struct Payload<'a> {
    root: &'a Value,
    defs: &'a Map<String, Value>,
    patterns: &'a Patterns,
}

/// The patterns of names, each compiled once.
#[derive(Debug, Default)]
pub(in crate::check) struct Patterns {
    compiled: RefCell<BTreeMap<String, Option<Regex>>>,
}

impl Patterns {
    /// Whether a name fits a pattern; one that is no regular expression of this engine fits all.
    fn fits(&self, pattern: &str, name: &str) -> bool {
        let fits = |regex: &Option<Regex>| regex.as_ref().is_none_or(|regex| regex.is_match(name));
        let mut compiled = self.compiled.borrow_mut();
        match compiled.get(pattern) {
            Some(regex) => fits(regex),
            None => fits(compiled.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok())),
        }
    }
}

/// A place in the schema: every alternative that stands there. None at all means that nothing is known of it, and
/// everything is legal.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Node<'a> {
    alternatives: Vec<&'a Value>,
    /// Whether the path to it leads through something that only the provider sets.
    pub(in crate::check) read_only: bool,
}

/// Where a step leads.
#[derive(Debug)]
pub(in crate::check) enum Step<'a> {
    /// To a place.
    To(Node<'a>),
    /// Nowhere: there is no such name; these are the names there are.
    NoName(Vec<&'a str>),
    /// Nowhere: the place is a list.
    IsList,
    /// Nowhere: the place is no list.
    NoList,
    /// Nowhere: the place holds no further places.
    IsScalar,
}

impl<'a> Payload<'a> {
    /// Takes the schema; none where it has no entries.
    pub(in crate::check) fn new(root: &'a Value, patterns: &'a Patterns) -> Option<Payload<'a>> {
        Some(Payload { root, defs: root.get("$defs")?.as_object()?, patterns })
    }

    /// The entry of that name.
    pub(in crate::check) fn entry(&self, name: &str) -> Option<Node<'a>> {
        self.defs.get(name).map(|schema| self.node(&[schema], false))
    }

    /// The names of the entries.
    pub(in crate::check) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.defs.keys().map(String::as_str)
    }

    /// References that lead nowhere, in the order of the file.
    pub(in crate::check) fn broken(&self) -> Vec<&'a str> {
        let mut found = Vec::new();
        self.collect_broken(self.root, &mut found);
        found
    }

    /// The objects of the entries that name properties and take any other one as well, by pointer.
    pub(in crate::check) fn open(&self) -> Vec<String> {
        fn collect(schema: &Value, at: &str, found: &mut Vec<String>) {
            let Some(object) = schema.as_object() else { return };
            if object.contains_key("properties") && object.get("additionalProperties") != Some(&Value::Bool(false)) {
                found.push(at.to_owned());
            }
            for (keyword, inner) in object {
                let at = pointer(at, keyword);
                match (keyword.as_str(), inner) {
                    ("properties" | "patternProperties", Value::Object(members)) => {
                        members.iter().for_each(|(name, member)| collect(member, &pointer(&at, name), found));
                    }
                    ("anyOf" | "oneOf" | "allOf", Value::Array(members)) => {
                        members
                            .iter()
                            .enumerate()
                            .for_each(|(i, member)| collect(member, &pointer(&at, &i.to_string()), found));
                    }
                    ("items" | "additionalProperties", inner) => collect(inner, &at, found),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        for (name, entry) in self.defs {
            collect(entry, &pointer("/$defs", name), &mut found);
        }
        found
    }

    fn collect_broken(&self, value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(object) => {
                let target = object.get("$ref").and_then(Value::as_str);
                found.extend(target.filter(|target| self.target(target).is_none()));
                object.values().for_each(|value| self.collect_broken(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| self.collect_broken(value, found)),
            _ => {}
        }
    }

    fn target(&self, target: &str) -> Option<&'a Value> {
        self.root.pointer(target.strip_prefix('#')?)
    }

    /// The place that these schemas describe, references followed and alternatives taken apart.
    fn node(&self, schemas: &[&'a Value], read_only: bool) -> Node<'a> {
        let mut node = Node { alternatives: Vec::new(), read_only };
        let mut open = false;
        let mut followed = BTreeSet::new();
        for schema in schemas {
            self.add(schema, &mut node, &mut open, &mut followed);
        }
        if open {
            node.alternatives.clear();
        }
        node
    }

    /// Adds what a schema says; each reference is followed once, so that circles end.
    fn add(&self, schema: &'a Value, node: &mut Node<'a>, open: &mut bool, followed: &mut BTreeSet<&'a str>) {
        let Some(object) = schema.as_object().filter(|object| !object.is_empty()) else {
            *open = true;
            return;
        };
        if object.get("readOnly") == Some(&Value::Bool(true)) {
            node.read_only = true;
        }
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            match self.target(target) {
                Some(schema) if followed.insert(target) => self.add(schema, node, open, followed),
                Some(_) => {}
                None => *open = true,
            }
            return;
        }
        let choices = ["anyOf", "oneOf"].iter().filter_map(|key| object.get(*key)?.as_array()).flatten();
        let mut chosen = false;
        for choice in choices {
            chosen = true;
            self.add(choice, node, open, followed);
        }
        if !chosen {
            node.alternatives.push(schema);
        }
    }

    /// The place below a name.
    pub(in crate::check) fn name(&self, node: &Node<'a>, name: &str) -> Step<'a> {
        if node.is_open() {
            return Step::To(node.opened());
        }
        let mut found = Vec::new();
        let mut objects = false;
        for schema in &node.alternatives {
            if !has_type(schema, "object") {
                continue;
            }
            objects = true;
            let properties = schema.get("properties").and_then(Value::as_object);
            let before = found.len();
            found.extend(properties.and_then(|properties| properties.get(name)));
            if found.len() == before {
                found.extend(
                    patterns(schema)
                        .filter(|(pattern, _)| self.patterns.fits(pattern, name))
                        .map(|(_, schema)| schema)
                        .take(1),
                );
            }
            if found.len() == before {
                match schema.get("additionalProperties") {
                    Some(Value::Bool(false)) => {}
                    Some(further @ Value::Object(_)) => found.push(further),
                    _ => return Step::To(node.opened()),
                }
            }
        }
        match (found.is_empty(), objects) {
            (false, _) => Step::To(self.node(&found, node.read_only)),
            (true, true) => {
                let names: BTreeSet<&'a str> = node.objects().flat_map(written).collect();
                Step::NoName(names.into_iter().collect())
            }
            (true, false) if node.has_type("array") => Step::IsList,
            (true, false) => Step::IsScalar,
        }
    }

    /// The place of a list's items.
    pub(in crate::check) fn items(&self, node: &Node<'a>) -> Step<'a> {
        if node.is_open() {
            return Step::To(node.opened());
        }
        let lists: Vec<&Value> = node.alternatives.iter().copied().filter(|schema| has_type(schema, "array")).collect();
        if lists.is_empty() {
            return Step::NoList;
        }
        let items: Vec<&'a Value> = lists.iter().filter_map(|schema| schema.get("items")).collect();
        if items.len() < lists.len() {
            return Step::To(node.opened());
        }
        Step::To(self.node(&items, node.read_only))
    }
}

impl<'a> Node<'a> {
    /// A place below this one of which nothing is known.
    pub(in crate::check) fn opened(&self) -> Node<'a> {
        Node { alternatives: Vec::new(), read_only: self.read_only }
    }

    /// Whether nothing is known of the place.
    pub(in crate::check) fn is_open(&self) -> bool {
        self.alternatives.is_empty()
    }

    /// The JSON types that may stand here, `null` aside; none where nothing is known.
    pub(in crate::check) fn types(&self) -> Option<BTreeSet<&'a str>> {
        let mut types = BTreeSet::new();
        for schema in &self.alternatives {
            match schema.get("type") {
                Some(Value::String(one)) => drop(types.insert(one.as_str())),
                Some(Value::Array(many)) => types.extend(many.iter().filter_map(Value::as_str)),
                _ => return None,
            }
        }
        types.remove("null");
        (!types.is_empty()).then_some(types)
    }

    /// Whether values of the type may stand here.
    pub(in crate::check) fn has_type(&self, name: &str) -> bool {
        self.is_open() || self.alternatives.iter().any(|schema| has_type(schema, name))
    }

    /// The form of the text that stands here.
    pub(in crate::check) fn format(&self) -> Option<&'a str> {
        self.alternatives.iter().find_map(|schema| schema.get("format")?.as_str())
    }

    /// The only values that may stand here; none where others may.
    pub(in crate::check) fn options(&self) -> Option<Vec<&'a Value>> {
        let lists: Vec<&Vec<Value>> =
            self.alternatives.iter().filter_map(|schema| schema.get("enum")?.as_array()).collect();
        (!lists.is_empty() && lists.len() == self.alternatives.len()).then(|| lists.into_iter().flatten().collect())
    }

    /// The labels of the options that a new account has, by their value.
    pub(in crate::check) fn labels(&self) -> Option<&'a Map<String, Value>> {
        self.alternatives.iter().find_map(|schema| schema.get("x-options")?.as_object())
    }

    /// Whether names may stand here that are not written down.
    pub(in crate::check) fn takes_further_names(&self) -> bool {
        self.is_open()
            || self.alternatives.iter().any(|schema| {
                has_type(schema, "object")
                    && (patterns(schema).next().is_some()
                        || !matches!(schema.get("additionalProperties"), Some(Value::Bool(false))))
            })
    }

    /// The alternatives that take objects.
    fn objects(&self) -> impl Iterator<Item = &'a Value> {
        self.alternatives.iter().copied().filter(|schema| has_type(schema, "object"))
    }

    /// The names that are written down.
    pub(in crate::check) fn names(&self) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        self.alternatives.iter().copied().flat_map(written).filter(|name| seen.insert(*name)).collect()
    }

    /// Whether a name is written down.
    pub(in crate::check) fn has_name(&self, name: &str) -> bool {
        let properties = |schema: &&'a Value| schema.get("properties")?.as_object();
        self.alternatives.iter().filter_map(properties).any(|properties| properties.contains_key(name))
    }
}

/// Whether a schema takes values of the type; one without types takes all.
fn has_type(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(many)) => many.iter().any(|one| one == name),
        _ => true,
    }
}

fn patterns(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
}

/// The names that a schema writes down.
fn written(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str)
}
