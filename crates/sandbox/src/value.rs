//! Whether a value may stand in a field.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use serde_json::{Number, Value, json};

use crate::collection::{Choice, Collection, Field, FieldType, Values};
use crate::file::Name;
use crate::hole::plain_text;
use crate::list::has_members;
use crate::spec::Spec;
use crate::state::State;
use crate::violation::{Violation, Wrong};
use crate::zoneless::kept;

/// A value that is about to be written to a field of a record.
pub(crate) struct Candidate<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) state: &'a State,
    pub(crate) collection: &'a str,
    /// The record's id.
    pub(crate) id: &'a str,
    /// The field's key.
    pub(crate) key: &'a str,
    pub(crate) field: &'a Field,
}

impl Candidate<'_> {
    /// The value as it is stored, or what is wrong with it.
    pub(crate) fn check(&self, value: &Value) -> Result<Value, Violation> {
        let field = self.field;
        let wrong = |wrong| self.violation(wrong, value);
        if field.read_only {
            return Err(wrong(Wrong::ReadOnly));
        }
        let own = self.own();
        let as_text = own.is_some_and(|own| own.values == Values::Text);
        let empty = value.as_str() == Some("");
        let named = value.as_str().is_some_and(|text| field.clears_with.iter().any(|word| word == text));
        let clears = named || if as_text { empty } else { value.is_null() };
        if clears || (empty && own.is_some_and(|own| own.empty_is_null)) {
            return if field.required {
                Err(wrong(Wrong::Required))
            } else {
                Ok(field.cleared.clone().unwrap_or_default())
            };
        }
        if field.null_only {
            return Err(wrong(Wrong::Type));
        }
        if field.list { self.each(value) } else { self.one(value) }
    }

    /// One value, with or without a list around it.
    pub(crate) fn one(&self, value: &Value) -> Result<Value, Violation> {
        let field = self.field;
        let wrong = |wrong| self.violation(wrong, value);
        let as_text = self.own().is_some_and(|own| own.values == Values::Text);
        if let Some(form) = field.form.as_ref().and_then(|name| self.spec.forms.get(name.get_ref())) {
            return self.formed(form, value);
        }
        match field.kind {
            FieldType::Reference => return self.reference(value),
            FieldType::References | FieldType::Children | FieldType::Map | FieldType::Pairs => {
                return Err(wrong(Wrong::Type));
            }
            kind if field.zoneless => {
                return kept(field, value).ok_or_else(|| wrong(Wrong::Type).with("type", kind.name()));
            }
            kind => {
                let fits =
                    if as_text { value.as_str().is_some_and(|text| reads_as(kind, text)) } else { is_of(kind, value) };
                if !fits || !has_members(&field.members, value) {
                    return Err(wrong(Wrong::Type).with("type", kind.name()));
                }
            }
        }
        let text = plain_text(value);
        if let Some(max) = field.max
            && text.chars().count() > max
        {
            return Err(wrong(Wrong::Length).with("max", max));
        }
        if let Some([least, greatest]) = field.range
            && !text.parse::<i128>().is_ok_and(|number| (i128::from(least)..=i128::from(greatest)).contains(&number))
        {
            return Err(wrong(Wrong::Range).with("least", least).with("greatest", greatest));
        }
        if let Some(pattern) = &field.pattern
            && !pattern.matches(&text)
        {
            return Err(wrong(Wrong::Format));
        }
        self.option(value, &text)?;
        if field.unique {
            self.unique(value, &text)?;
        }
        let formed = field.kept.as_ref().and_then(|form| Some(form.print(text.parse().ok()?).into()));
        Ok(formed.unwrap_or_else(|| value.clone()))
    }

    /// A violation of this field.
    pub(crate) fn violation(&self, wrong: Wrong, value: &Value) -> Violation {
        Violation::new(wrong, self.key, value)
            .with("type", self.field.kind.name())
            .with("label", self.field.label.clone())
            .with("about", json!(self.field.about))
    }

    fn own(&self) -> Option<&Collection> {
        self.spec.collections.get(self.collection)
    }

    fn option(&self, value: &Value, text: &str) -> Result<(), Violation> {
        let field = self.field;
        if field.options.is_empty() && field.options_from.is_none() {
            return Ok(());
        }
        let choices = choices(self.state, field);
        let known = |part: &str| choices.iter().any(|choice| plain_text(&choice.value) == part);
        let fits = match &field.many {
            Some(separator) => text.split(separator.as_str()).all(known),
            None => known(text),
        };
        if fits {
            return Ok(());
        }
        Err(self.violation(Wrong::Option, value).with("options", accepted(&choices)))
    }

    /// The id of the record that the value leads to, in full form.
    pub(crate) fn reference(&self, value: &Value) -> Result<Value, Violation> {
        let field = self.field;
        let whole = value;
        let value = match &field.wrapped {
            None => whole,
            Some(wrapped) => wrapped.id.get(whole).ok_or_else(|| self.violation(Wrong::Type, whole))?,
        };
        let numbers = field.to.iter().any(|name| {
            let collection = self.spec.collections.get(name.get_ref());
            collection.is_some_and(|collection| collection.id_form.is_some())
        });
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) if numbers => number.to_string(),
            _ => return Err(self.violation(Wrong::Type, value)),
        };
        let (id, named) = match &field.pattern {
            None => (Some(text.as_str()), None),
            Some(pattern) => (
                pattern.pick(&text, "id"),
                pattern.has("collection").then(|| pattern.pick(&text, "collection")).flatten(),
            ),
        };
        let Some(id) = id else {
            return Err(self.violation(Wrong::Format, value));
        };
        let allowed = |name: &&Name| named.is_none_or(|named| named == name.get_ref());
        if let Some((_, id)) = find(self.spec, self.state, field.to.iter().filter(allowed), id) {
            return Ok(Value::String(id));
        }
        let called = field
            .to
            .iter()
            .find(allowed)
            .and_then(|name| self.spec.collections.get(name.get_ref()))
            .map(|collection| collection.called.clone());
        Err(self.violation(Wrong::Reference, value).with("id", id).with("called", called))
    }

    fn unique(&self, value: &Value, text: &str) -> Result<(), Violation> {
        let Some(own) = self.own() else { return Ok(()) };
        let wanted = text.to_lowercase();
        let place = own.place(self.key);
        let records = self.state.collections.get(self.collection);
        let other = records.into_iter().flat_map(|records| records.iter()).find(|(id, record)| {
            let there = place.get(record).map(plain_text);
            id.as_str() != self.id && there.is_some_and(|there| there.to_lowercase() == wanted)
        });
        match other {
            None => Ok(()),
            Some((id, _)) => Err(self.violation(Wrong::Taken, value).with("other", id.as_str())),
        }
    }
}

/// The first of some collections that has a record of this id, and the id in full form.
pub(crate) fn find<'a>(
    spec: &Spec,
    state: &State,
    mut collections: impl Iterator<Item = &'a Name>,
    id: &str,
) -> Option<(&'a str, String)> {
    collections.find_map(|name| {
        let collection = name.get_ref().as_str();
        let id = spec.full_id(collection, id);
        state.record(collection, &id).is_some().then_some((collection, id))
    })
}

/// The options of a field as they are now.
pub(crate) fn choices(state: &State, field: &Field) -> Vec<Choice> {
    let mut choices = field.options.clone();
    let Some(from) = &field.options_from else {
        return choices;
    };
    let records = state.collections.get(from.collection.get_ref());
    for (id, record) in records.into_iter().flat_map(|records| records.iter()) {
        let (elements, within) = match &from.list {
            None => (vec![record], None),
            Some(list) => (
                list.get(record).and_then(Value::as_array).map_or_else(Vec::new, |list| list.iter().collect()),
                Some(Value::String(id.clone())),
            ),
        };
        for element in elements {
            let Some(value) = from.value.get(element) else {
                continue;
            };
            choices.push(Choice {
                value: value.clone(),
                label: from.label.as_ref().and_then(|label| label.text_in(element)).unwrap_or_default().to_owned(),
                within: within.clone(),
                about: BTreeMap::new(),
                default: false,
            });
        }
    }
    choices
}

/// The values of options as one text, each once.
pub(crate) fn accepted(choices: &[Choice]) -> String {
    let mut accepted: Vec<String> = Vec::new();
    for choice in choices {
        let text = plain_text(&choice.value);
        if !accepted.contains(&text) {
            accepted.push(text);
        }
    }
    accepted.join(",")
}

/// Whether a JSON value is of a field's type.
pub(crate) fn is_of(kind: FieldType, value: &Value) -> bool {
    match kind {
        FieldType::Text => value.is_string(),
        FieldType::Integer => value.is_i64() || value.is_u64(),
        FieldType::Number => value.is_number(),
        FieldType::Boolean => value.is_boolean(),
        FieldType::Datetime | FieldType::Date => value.as_str().is_some_and(|text| reads_as(kind, text)),
        FieldType::Json => true,
        FieldType::Reference | FieldType::References | FieldType::Children | FieldType::Map | FieldType::Pairs => false,
    }
}

/// Whether a text reads as a field's type.
fn reads_as(kind: FieldType, text: &str) -> bool {
    let milliseconds = || text.parse::<i64>().is_ok();
    match kind {
        FieldType::Text | FieldType::Json => true,
        FieldType::Integer => text.parse::<i128>().is_ok(),
        FieldType::Number => serde_json::from_str::<Number>(text).is_ok(),
        FieldType::Boolean => text == "true" || text == "false",
        FieldType::Datetime => milliseconds() || text.parse::<Timestamp>().is_ok(),
        FieldType::Date => milliseconds() || text.parse::<civil::Date>().is_ok(),
        FieldType::Reference | FieldType::References | FieldType::Children | FieldType::Map | FieldType::Pairs => false,
    }
}
