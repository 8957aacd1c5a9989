//! What is wrong with a value, and how the provider says it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::collection::{Refusal, RefusalSet};
use crate::file::Situation;
use crate::hole::Scope;
use crate::spec::{Route, Spec};

/// A kind of wrong value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Unknown,
    ReadOnly,
    Type,
    Length,
    Option,
    Range,
    Format,
    Required,
    Reference,
    Taken,
    Within,
    Operation,
}

/// One wrong value.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    wrong: Wrong,
    /// The field's key, the value as sent, and what the rule says.
    facts: Map<String, Value>,
}

/// Why a request is answered with an error.
#[derive(Debug)]
pub(crate) struct Stop {
    /// The declared error.
    pub(crate) error: String,
    /// What its body may name.
    pub(crate) roots: Map<String, Value>,
}

impl Violation {
    /// A violation of the field of this key by this value.
    pub(crate) fn new(wrong: Wrong, field: &str, value: &Value) -> Self {
        let facts = Map::new();
        Self { wrong, facts }.with("field", field).with("value", value.clone())
    }

    /// Whether it is one of this field.
    pub(crate) fn is_of(&self, field: &str) -> bool {
        self.facts.get("field").and_then(Value::as_str) == Some(field)
    }

    /// The violation with a fact.
    pub(crate) fn with(mut self, name: &str, fact: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), fact.into());
        self
    }
}

impl RefusalSet {
    fn of(&self, wrong: Wrong) -> &Refusal {
        let own = match wrong {
            Wrong::Unknown => &self.unknown,
            Wrong::ReadOnly => &self.read_only,
            Wrong::Type => &self.kind,
            Wrong::Length => &self.length,
            Wrong::Option => &self.option,
            Wrong::Range => &self.range,
            Wrong::Format => &self.format,
            Wrong::Required => &self.required,
            Wrong::Reference => &self.reference,
            Wrong::Taken => &self.taken,
            Wrong::Within => &self.within,
            Wrong::Operation => &self.operation,
        };
        own.as_ref().unwrap_or(&self.other)
    }
}

impl Stop {
    /// A declared error without more to say.
    pub(crate) fn error(name: impl Into<String>) -> Self {
        Self { error: name.into(), roots: Map::new() }
    }

    /// The error of a kind of wrong request.
    pub(crate) fn situation(spec: &Spec, route: &Route, situation: Situation) -> Self {
        Self::error(spec.error_for(Some(route), situation))
    }

    /// The stop with a value that the error's body may name.
    pub(crate) fn with(mut self, root: &str, value: impl Into<Value>) -> Self {
        self.roots.insert(root.to_owned(), value.into());
        self
    }

    /// The error of wrong values: that of the first one, with all that share it.
    pub(crate) fn violations(spec: &Spec, collection: &str, found: &[Violation]) -> Self {
        let set = spec
            .collections
            .get(collection)
            .and_then(|collection| collection.refusals.as_ref())
            .and_then(|name| spec.refusals.get(name.get_ref()));
        let (Some(set), Some(first)) = (set, found.first()) else {
            return Self::error(String::new());
        };
        let error = set.of(first.wrong).error.get_ref().clone();
        let told: Vec<Value> = found
            .iter()
            .map(|violation| (violation, set.of(violation.wrong)))
            .filter(|(_, refusal)| *refusal.error.get_ref() == error)
            .map(|(violation, refusal)| tell(violation, refusal))
            .collect();
        Self::error(error).with("violation", told.first().cloned().unwrap_or_default()).with("violations", told)
    }
}

fn tell(violation: &Violation, refusal: &Refusal) -> Value {
    let mut told = violation.facts.clone();
    told.insert("code".to_owned(), refusal.code.clone().into());
    let says = refusal.says.as_ref().map(|says| {
        let mut roots = Map::new();
        roots.insert("violation".to_owned(), json!(told));
        let scope = Scope { roots, now: Timestamp::UNIX_EPOCH, lookup: &|_, _| None };
        says.render(&scope, None)
    });
    told.insert("says".to_owned(), says.into());
    Value::Object(told)
}
