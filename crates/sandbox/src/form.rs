//! Forms: fields that are written in one way and shown in another.
//!
//! A field with a form stores what is written, if one of the form's ways takes it, and shows what that way makes of
//! it. A way may look the value up, among the options of the field or in a collection: what is not found is refused.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::collection::{Collection, Field};
use crate::file::Name;
use crate::hole::{Scope, TextTemplate, plain_text};
use crate::pattern::Pattern;
use crate::pointer::Pointer;
use crate::shape::Shape;
use crate::spec::Spec;
use crate::state::State;
use crate::template::{JsonTemplate, Template};
use crate::value::{Candidate, accepted, choices};
use crate::violation::{Violation, Wrong};

/// How a field is written and shown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    /// What is shown where there is no value: a template over `field`, `id` and `record`.
    pub(crate) empty: JsonTemplate,
    /// The ways of writing; the first one whose shape a value has counts. Without any, nothing can be written.
    #[serde(default)]
    pub(crate) takes: Vec<Take>,
}

/// One way of writing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Take {
    /// The shape of the value.
    pub(crate) shape: Shape,
    /// What else holds for the value, over several of its members.
    pub(crate) agrees: Option<Agrees>,
    /// What the value names.
    pub(crate) finds: Option<FormFinds>,
    /// What is shown: a template over `value`, `found` (a list), `field`, `id` and `record`.
    pub(crate) shows: JsonTemplate,
}

/// A condition on a text that is made of several members.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agrees {
    /// The text: a template over `value`.
    pub(crate) text: TextTemplate,
    /// What it matches.
    pub(crate) pattern: Pattern,
}

impl Agrees {
    fn holds(&self, value: &Value) -> bool {
        let roots = Map::from_iter([("value".to_owned(), value.clone())]);
        let scope = Scope { roots, now: Timestamp::UNIX_EPOCH, lookup: &|_, _| None };
        self.pattern.matches(&self.text.render(&scope, None))
    }
}

/// What a value names: options of the field, or records. Each of them is there, or the value is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormFinds {
    /// The names in the value: a list, or a single one.
    pub(crate) each: Pointer,
    /// Options of the field by this part of them.
    pub(crate) options: Option<OptionPart>,
    /// Records of this collection.
    #[serde(rename = "in")]
    pub(crate) collection: Option<Name>,
    /// Their ids: a template over `item`, which is the name; the name itself where it is not stated.
    pub(crate) id: Option<Template>,
}

/// A part of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OptionPart {
    Label,
    Value,
}

impl FormFinds {
    /// What each name stands for.
    fn find(&self, state: &State, field: &Field, value: &Value) -> Vec<(Value, Option<Value>)> {
        let names = match self.each.get(value) {
            Some(Value::Array(list)) => list.clone(),
            Some(single) => vec![single.clone()],
            None => Vec::new(),
        };
        let options = choices(state, field);
        let one = |name: &Value| match (&self.collection, self.options) {
            (Some(collection), _) => {
                let scope = Scope { roots: Map::new(), now: state.now(), lookup: &|_, _| None };
                let id = self.id.as_ref().map_or_else(|| Some(name.clone()), |id| id.render_with(&scope, Some(name)));
                state.record(collection.get_ref(), &plain_text(&id.unwrap_or_default())).cloned()
            }
            (None, part) => options
                .iter()
                .find(|choice| match part {
                    Some(OptionPart::Label) => name.as_str() == Some(&choice.label),
                    _ => plain_text(&choice.value) == plain_text(name),
                })
                .map(|choice| json!({"value": choice.value, "label": choice.label, "about": choice.about})),
        };
        names.into_iter().map(|name| (name.clone(), one(&name))).collect()
    }
}

impl Form {
    fn take(&self, value: &Value) -> Option<&Take> {
        let agrees = |take: &Take| take.agrees.as_ref().is_none_or(|agrees| agrees.holds(value));
        self.takes.iter().find(|take| take.shape.fits(value) && agrees(take))
    }
}

impl Candidate<'_> {
    /// The value of a field with a form, as it is stored, or what is wrong with it.
    pub(crate) fn formed(&self, form: &Form, value: &Value) -> Result<Value, Violation> {
        let Some(take) = form.take(value) else {
            return Err(self.violation(Wrong::Type, value));
        };
        if let Some(max) = self.field.max
            && value.as_str().is_some_and(|text| text.chars().count() > max)
        {
            return Err(self.violation(Wrong::Length, value).with("max", max));
        }
        let Some(finds) = &take.finds else {
            return Ok(value.clone());
        };
        let found = finds.find(self.state, self.field, value);
        match found.into_iter().find(|(_, found)| found.is_none()) {
            None => Ok(value.clone()),
            Some((name, _)) => {
                let wrong = if finds.collection.is_some() { Wrong::Reference } else { Wrong::Option };
                let options = accepted(&choices(self.state, self.field));
                Err(self.violation(wrong, value).with("name", name).with("options", options))
            }
        }
    }
}

/// Puts what is shown into the place of every value with a form.
pub(crate) fn show(spec: &Spec, state: &State, own: &Collection, id: &str, record: &mut Value) {
    let mut shown = Vec::new();
    if own.fields.values().all(|field| field.get_ref().form.is_none()) {
        return;
    }
    let lookup = |collection: &str, id: &str| state.look_up(collection, id);
    let roots = Map::from_iter([("record".to_owned(), record.clone()), ("id".to_owned(), id.into())]);
    let mut scope = Scope { roots, now: state.now(), lookup: &lookup };
    for (key, field) in &own.fields {
        let field = field.get_ref();
        let Some(form) = field.form.as_ref().and_then(|name| spec.forms.get(name.get_ref())) else {
            continue;
        };
        let about = json!({"key": key, "label": field.label, "about": field.about});
        scope.roots.insert("field".to_owned(), about);
        scope.roots.remove("value");
        scope.roots.remove("found");
        let value = own.value(record, key);
        let template = match value.and_then(|value| Some((value, form.take(value)?))) {
            None => &form.empty,
            Some((value, take)) => {
                let found = take.finds.iter().flat_map(|finds| finds.find(state, field, value));
                let found: Vec<Value> = found.filter_map(|(_, found)| found).collect();
                scope.roots.insert("value".to_owned(), value.clone());
                scope.roots.insert("found".to_owned(), found.into());
                &take.shows
            }
        };
        shown.push((key, template.0.render(&scope)));
    }
    for (key, value) in shown {
        own.place(key).set(record, value);
    }
}
