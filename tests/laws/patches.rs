//! Patches: driven by the unified model and the mapping, so that a further field or list is covered by itself.

use mapwright_mapping::mapping::{List, ListShape, Mapping};
use mapwright_mapping::model::{Field, FieldKind, Scalar};
use mapwright_mapping::plan::{ListMode, Options};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use crate::desk::Desk;
use crate::hints::Hints;
use crate::values;

/// A patch of one lead.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) patch: Value,
    pub(crate) lists: ListMode,
}

impl Case {
    /// How the patch is run.
    pub(crate) fn options(&self) -> Options {
        Options { lists: self.lists, ..Options::default() }
    }
}

impl Desk {
    /// Any patch of any lead.
    pub(crate) fn cases(&self) -> BoxedStrategy<Case> {
        let leads = select(self.hints.leads).boxed();
        let id = match self.hints.locked {
            Some(locked) => prop_oneof![20 => leads, 1 => Just(locked)].boxed(),
            None => leads,
        };
        let lists = prop_oneof![3 => Just(ListMode::Replace), 1 => Just(ListMode::Merge)];
        (id, self.patches(), lists).prop_map(|(id, patch, lists)| Case { id: id.to_owned(), patch, lists }).boxed()
    }

    /// Any patch.
    pub(crate) fn patches(&self) -> BoxedStrategy<Value> {
        let fields: Vec<BoxedStrategy<Option<(String, Value)>>> = self
            .mapping
            .model
            .fields
            .iter()
            .filter_map(|field| {
                let name = field.name.clone();
                let value = field_value(field, &self.mapping, self.hints)?;
                Some(proptest::option::weighted(0.25, value.prop_map(move |value| (name.clone(), value))).boxed())
            })
            .collect();
        fields.prop_map(|fields| fields.into_iter().flatten().collect::<Map<_, _>>().into()).boxed()
    }
}

/// A value of a field, or null; none for raw values.
fn field_value(field: &Field, mapping: &Mapping, hints: &'static Hints) -> Option<BoxedStrategy<Value>> {
    let value = match &field.kind {
        FieldKind::Scalar(scalar) => scalar_value(&field.name, *scalar, hints),
        FieldKind::Object(leaves) => {
            let leaves = leaves.iter().map(|leaf| {
                let scalar = leaf.scalar().unwrap_or(Scalar::Text);
                let value = scalar_value(&format!("{}.{}", field.name, leaf.name), scalar, hints);
                optional(&leaf.name, or_null(value))
            });
            object(leaves.collect())
        }
        FieldKind::List { key, required, leaves } => {
            let list = mapping.lists.iter().find(|list| list.name == field.name);
            let item = leaves.iter().map(|leaf| {
                let value = if leaf.name == *key {
                    keys(list, leaf)
                } else {
                    scalar_value(&leaf.name, leaf.scalar().unwrap_or(Scalar::Text), hints)
                };
                if required.contains(&leaf.name) {
                    let name = leaf.name.clone();
                    value.prop_map(move |value| Some((name.clone(), value))).boxed()
                } else {
                    optional(&leaf.name, or_null(value))
                }
            });
            proptest::collection::vec(object(item.collect()), 0..5).prop_map(Value::Array).boxed()
        }
        FieldKind::OpenMap => {
            let keys = hints.custom.iter().map(|(key, kind)| optional(key, values::custom(*kind)));
            return Some(object(keys.chain([unknown_key()]).collect()));
        }
        FieldKind::Raw => return None,
    };
    Some(or_null(value))
}

/// A key that no account has, rarely.
fn unknown_key() -> BoxedStrategy<Option<(String, Value)>> {
    proptest::option::weighted(0.02, values::text().prop_map(|key| (key, Value::from("x")))).boxed()
}

/// A value of a leaf: an id that exists, a name that the account knows, or one of its type.
fn scalar_value(name: &str, scalar: Scalar, hints: &'static Hints) -> BoxedStrategy<Value> {
    if let Some((_, ids)) = hints.linked.iter().find(|(leaf, _)| *leaf == name) {
        return select(*ids).prop_map(Value::from).boxed();
    }
    if let Some((_, names)) = hints.names.iter().find(|(leaf, _)| *leaf == name) {
        return select(*names).prop_map(|(name, _)| Value::from(name)).boxed();
    }
    match scalar {
        Scalar::Instant => values::instant(),
        Scalar::Integer | Scalar::Number => values::integer(),
        Scalar::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Scalar::Text => match name {
            "email" => values::email(),
            "number" => values::number(),
            _ => values::text(),
        }
        .prop_map(Value::from)
        .boxed(),
    }
}

/// The key of an item: one of the provider's slots, one that the model names, or one that nobody knows.
fn keys(list: Option<&List>, leaf: &Field) -> BoxedStrategy<Value> {
    let mut known: Vec<String> = leaf.names.clone();
    if let Some(ListShape::Slots(slots)) = list.map(|list| &list.shape) {
        for slot in slots {
            known.push(slot.is.clone());
            known.extend(slot.also.iter().cloned());
        }
    }
    known.push("pager".to_owned());
    prop_oneof![10 => select(known), 1 => values::text()].prop_map(Value::from).boxed()
}

fn or_null(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop_oneof![12 => value, 1 => Just(Value::Null)].boxed()
}

fn optional(name: &str, value: BoxedStrategy<Value>) -> BoxedStrategy<Option<(String, Value)>> {
    let name = name.to_owned();
    proptest::option::of(value.prop_map(move |value| (name.clone(), value))).boxed()
}

fn object(members: Vec<BoxedStrategy<Option<(String, Value)>>>) -> BoxedStrategy<Value> {
    members.prop_map(|members| members.into_iter().flatten().collect::<Map<_, _>>().into()).boxed()
}
