//! A patch as the caller gives it: a JSON Merge Patch (RFC 7396) of a unified resource, checked against the model.
//!
//! Absent, `null` and a value are three things: what is absent is not here at all, `null` is [`Change::Clear`].

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostic::suggest::did_you_mean;
use crate::document::pointer;
use crate::model::{Field, FieldKind, Model, Position, Scalar};

/// What a patch says about one leaf.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The leaf gets this value; never null.
    Set(Value),
    /// The leaf is cleared.
    Clear,
}

/// A checked patch, in the order in which it was given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// The names of the fields, in the order given.
    pub names: Vec<String>,
    /// Single values, also those inside objects.
    pub leaves: Vec<LeafPatch>,
    /// Lists; each is one value.
    pub lists: Vec<ListPatch>,
    /// Keys of open maps.
    pub maps: Vec<MapPatch>,
    /// Raw values for the main record.
    pub raw: Option<Map<String, Value>>,
}

/// What a patch says about a single value.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafPatch {
    /// The dotted name.
    pub name: String,
    /// Where it stands in the patch.
    pub pointer: String,
    /// What it says.
    pub change: Change,
    /// Where the model has it.
    pub(crate) position: Position,
}

/// What a patch says about a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPatch {
    /// The field's name.
    pub name: String,
    /// Where it stands in the patch.
    pub pointer: String,
    /// The items; empty clears the list, and so does null.
    pub items: Vec<Item>,
    /// Whether the patch said null.
    pub null: bool,
}

/// One item of a list. Absent and null leaves are the same, so only values are here.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Where it stands in the patch.
    pub pointer: String,
    /// The leaves that have a value, in the order given.
    pub leaves: Vec<(String, Value)>,
}

impl Item {
    /// The value of a leaf.
    pub fn leaf(&self, name: &str) -> Option<&Value> {
        self.leaves.iter().find(|(leaf, _)| leaf == name).map(|(_, value)| value)
    }
}

/// What a patch says about one key of an open map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPatch {
    /// The field's name.
    pub name: String,
    /// The key.
    pub key: String,
    /// Where it stands in the patch.
    pub pointer: String,
    /// What it says.
    pub change: Change,
}

/// One reason why a patch is refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Violation {
    /// Where in the patch (RFC 6901).
    pub pointer: String,
    /// A stable name of the reason.
    pub code: &'static str,
    /// What is wrong and what is legal.
    pub message: String,
    /// The nearest legal name, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Violation {
    /// A violation without a suggestion.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Violation {
        Violation { pointer: pointer.into(), code, message: message.into(), suggestion: None }
    }
}

impl Patch {
    /// Checks a patch against the model: every violation at once.
    pub fn parse(patch: &Value, model: &Model) -> Result<Patch, Vec<Violation>> {
        match Patch::parse_all(patch, model) {
            (patch, violations) if violations.is_empty() => Ok(patch),
            (_, violations) => Err(violations),
        }
    }

    /// The same, with what is good in a patch beside what is not.
    pub fn parse_all(patch: &Value, model: &Model) -> (Patch, Vec<Violation>) {
        let mut parser = Parser { patch: Patch::default(), violations: Vec::new() };
        let Some(object) = patch.as_object() else {
            parser.refuse("", "wrong-type", format!("a patch is an object, this is {}", kind_of(patch)));
            return (parser.patch, parser.violations);
        };
        for (name, value) in object {
            let at = pointer("", name);
            parser.patch.names.push(name.clone());
            match model.position(name) {
                Some((position, field)) => parser.field(position, field, value, &at),
                None => parser.unknown(name, at, model.fields.iter()),
            }
        }
        (parser.patch, parser.violations)
    }

    /// Whether the patch says nothing.
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.lists.is_empty() && self.maps.is_empty() && self.raw.is_none()
    }

    /// Every value of the patch with the place where it stands, lists' items leaf by leaf; null where it clears.
    pub fn values(&self) -> Vec<(String, Value)> {
        let value = |change: &Change| match change {
            Change::Set(value) => value.clone(),
            Change::Clear => Value::Null,
        };
        let mut values: Vec<(String, Value)> = Vec::new();
        values.extend(self.leaves.iter().map(|leaf| (leaf.pointer.clone(), value(&leaf.change))));
        for list in &self.lists {
            if list.items.is_empty() {
                values.push((list.pointer.clone(), Value::Null));
            }
            for item in &list.items {
                values.extend(item.leaves.iter().map(|(leaf, value)| (pointer(&item.pointer, leaf), value.clone())));
            }
        }
        values.extend(self.maps.iter().map(|map| (map.pointer.clone(), value(&map.change))));
        values
    }

    /// The order in which outcomes are told, by their place in the patch: fields as they were given, items as they stand,
    /// and what is said of a list as a whole after its items.
    pub(crate) fn ranks(&self) -> impl Fn(&str) -> (usize, usize) + use<> {
        let mut places = BTreeMap::new();
        for (at, name) in self.names.iter().enumerate() {
            let token = pointer("", name).split_off(1);
            places.entry(token).or_insert(at);
        }
        move |at| {
            let mut parts = at.split('/').skip(1);
            let field = places.get(parts.next().unwrap_or_default()).copied();
            let item = parts.next().map_or(usize::MAX, |part| part.parse().unwrap_or(0));
            (field.unwrap_or(usize::MAX), item)
        }
    }

    /// What the patch says about the leaf of that dotted name.
    pub fn leaf(&self, name: &str) -> Option<&LeafPatch> {
        self.leaves.iter().find(|leaf| leaf.name == name)
    }
}

struct Parser {
    patch: Patch,
    violations: Vec<Violation>,
}

impl Parser {
    fn refuse(&mut self, pointer: &str, code: &'static str, message: impl Into<String>) {
        self.violations.push(Violation::new(pointer, code, message));
    }

    fn unknown<'f>(&mut self, name: &str, at: String, legal: impl Iterator<Item = &'f Field>) {
        let legal: Vec<&str> = legal.map(|field| field.name.as_str()).collect();
        let suggestion = crate::diagnostic::suggest::suggest(name, legal.iter().copied()).map(str::to_owned);
        let message = format!("there is no field `{name}`; {}", did_you_mean(name, legal));
        self.violations.push(Violation { pointer: at, code: "unknown-field", message, suggestion });
    }

    fn field(&mut self, position: usize, field: &Field, value: &Value, at: &str) {
        match &field.kind {
            FieldKind::Scalar(scalar) => {
                let position = Position { field: position, leaf: 0 };
                self.scalar(position, field, *scalar, field.name.clone(), value, at);
            }
            FieldKind::Object(leaves) => self.object(position, field, leaves, value, at),
            FieldKind::List { required, leaves, .. } => self.list(field, required, leaves, value, at),
            FieldKind::OpenMap => self.map(field, value, at),
            FieldKind::Raw => match value {
                Value::Object(object) => self.patch.raw = Some(object.clone()),
                other => self.refuse(at, "wrong-type", format!("expected an object, found {}", kind_of(other))),
            },
        }
    }

    fn scalar(&mut self, position: Position, field: &Field, scalar: Scalar, name: String, value: &Value, at: &str) {
        let value = match value {
            Value::Object(object) if field.patch_object && object.len() == 1 => object.get("id").unwrap_or(value),
            Value::Object(object) if field.patch_object && object.is_empty() => return,
            other => other,
        };
        if !field.read_only
            && let Some(message) = mismatch(scalar, value)
        {
            let code = if scalar == Scalar::Instant && value.is_string() { "bad-date-time" } else { "wrong-type" };
            return self.refuse(at, code, message);
        }
        self.patch.leaves.push(LeafPatch { name, pointer: at.to_owned(), change: change_of(value), position });
    }

    fn object(&mut self, position: usize, field: &Field, leaves: &[Field], value: &Value, at: &str) {
        let position = |leaf: usize| Position { field: position, leaf };
        match value {
            Value::Null => {
                for (own, leaf) in leaves.iter().enumerate() {
                    self.patch.leaves.push(LeafPatch {
                        name: format!("{}.{}", field.name, leaf.name),
                        pointer: pointer(at, &leaf.name),
                        change: Change::Clear,
                        position: position(own),
                    });
                }
            }
            Value::Object(object) => {
                for (name, value) in object {
                    let at = pointer(at, name);
                    match leaves.iter().enumerate().find(|(_, leaf)| leaf.name == *name) {
                        Some((own, leaf)) => match leaf.scalar() {
                            Some(scalar) => {
                                let name = format!("{}.{name}", field.name);
                                self.scalar(position(own), leaf, scalar, name, value, &at);
                            }
                            None => self.refuse(&at, "wrong-type", "objects nest one level deep"),
                        },
                        None => self.unknown(name, at, leaves.iter()),
                    }
                }
            }
            other => self.refuse(at, "wrong-type", format!("expected an object, found {}", kind_of(other))),
        }
    }

    fn list(&mut self, field: &Field, required: &[String], leaves: &[Field], value: &Value, at: &str) {
        let (items, null) = match value {
            Value::Null => (&[][..], true),
            Value::Array(items) => (items.as_slice(), false),
            other => return self.refuse(at, "wrong-type", format!("expected a list, found {}", kind_of(other))),
        };
        let mut checked = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at = pointer(at, &index.to_string());
            let Value::Object(object) = item else {
                self.refuse(&at, "wrong-type", format!("expected an object, found {}", kind_of(item)));
                continue;
            };
            let mut values = Vec::new();
            for (name, value) in object {
                let at = pointer(&at, name);
                match leaves.iter().find(|leaf| leaf.name == *name) {
                    Some(leaf) => {
                        let wrong = leaf.scalar().and_then(|scalar| mismatch(scalar, value));
                        match wrong {
                            Some(message) if !field.read_only => self.refuse(&at, "wrong-type", message),
                            _ if value.is_null() => {}
                            _ => values.push((name.clone(), value.clone())),
                        }
                    }
                    None => self.unknown(name, at, leaves.iter()),
                }
            }
            for name in required.iter().filter(|name| object.get(*name).is_none_or(Value::is_null)) {
                if !field.read_only {
                    self.refuse(&pointer(&at, name), "missing-leaf", format!("an item has to have `{name}`"));
                }
            }
            // An item without a value says nothing, like `{}` elsewhere.
            if !values.is_empty() {
                checked.push(Item { pointer: at, leaves: values });
            }
        }
        self.patch.lists.push(ListPatch { name: field.name.clone(), pointer: at.to_owned(), items: checked, null });
    }

    fn map(&mut self, field: &Field, value: &Value, at: &str) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let pointer = pointer(at, key);
                    self.patch.maps.push(MapPatch {
                        name: field.name.clone(),
                        key: key.clone(),
                        pointer,
                        change: change_of(value),
                    });
                }
            }
            Value::Null => self.refuse(
                at,
                "not-clearable",
                "an open map is not cleared as a whole; set its keys to null one by one",
            ),
            other => self.refuse(at, "wrong-type", format!("expected an object, found {}", kind_of(other))),
        }
    }
}

fn change_of(value: &Value) -> Change {
    if value.is_null() { Change::Clear } else { Change::Set(value.clone()) }
}

/// Why a value is not of the type; null always is.
fn mismatch(scalar: Scalar, value: &Value) -> Option<String> {
    let fits = match (scalar, value) {
        (_, Value::Null)
        | (Scalar::Text, Value::String(_))
        | (Scalar::Boolean, Value::Bool(_))
        | (Scalar::Number, Value::Number(_)) => true,
        (Scalar::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
        (Scalar::Instant, Value::String(text)) => {
            return text
                .parse::<jiff::Timestamp>()
                .err()
                .map(|_| format!("`{}` is not {}", cut(text), scalar.in_words()));
        }
        _ => false,
    };
    (!fits).then(|| format!("expected {}, found {}", scalar.in_words(), kind_of(value)))
}

/// The kind of a JSON value in words.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(n) if n.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A text of a caller, short enough for a message.
pub(crate) fn cut(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(57).chain("...".chars()).collect() }
}
