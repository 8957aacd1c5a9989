//! Patches: driven by the unified model and the mapping, so that a further field or list is covered by itself.

use mapwright_mapping::mapping::{List, ListShape};
use mapwright_mapping::model::{Field, FieldKind, Scalar};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::desk::Desk;
use crate::values;

/// Any value, of which a case draws one.
type Values = BoxedStrategy<Value>;

/// A member of an object, or none.
type Member = BoxedStrategy<Option<(String, Value)>>;

/// All patches of one account, and the parts that each row of cases draws one by one.
pub(crate) struct Deck {
    /// Patches of many fields, of few, and of none.
    many: Values,
    few: Values,
    /// Patches that say one thing each: every leaf as a value and as null, every slot, key, name and id.
    pub(crate) parts: Vec<Values>,
}

impl Deck {
    /// A patch that has the part of that number, alone or among others.
    pub(crate) fn around(&self, part: usize) -> Values {
        let others = prop_oneof![2 => Just(json!({})), 3 => self.few.clone(), 3 => self.many.clone()];
        (others, self.parts[part % self.parts.len()].clone()).prop_map(|(others, part)| merged(others, &part)).boxed()
    }

    /// Any patch of some fields.
    pub(crate) fn any(&self) -> Values {
        prop_oneof![1 => self.few.clone(), 2 => self.many.clone()].boxed()
    }
}

/// A patch with the members of another one put over it.
fn merged(mut patch: Value, over: &Value) -> Value {
    for (name, value) in over.as_object().into_iter().flatten() {
        match (patch.get_mut(name), value) {
            (Some(Value::Object(own)), Value::Object(value)) => own.extend(value.clone()),
            _ => patch[name] = value.clone(),
        }
    }
    patch
}

impl Desk {
    /// The patches of an account.
    pub(crate) fn deck(&self, account: usize) -> Deck {
        let drawn = Drawn { desk: self, account };
        let fields: Vec<(&Field, Values)> =
            self.mapping.model.fields.iter().filter_map(|field| Some((field, drawn.field_value(field)?))).collect();
        let some = |weight: f64| -> Values {
            let members = fields.iter().map(|(field, value)| {
                let name = field.name.clone();
                proptest::option::weighted(weight, value.clone().prop_map(move |value| (name.clone(), value))).boxed()
            });
            object(members.collect())
        };
        Deck { many: some(0.25), few: some(0.07), parts: drawn.parts() }
    }
}

/// What is drawn for an account.
struct Drawn<'d> {
    desk: &'d Desk,
    account: usize,
}

impl Drawn<'_> {
    /// Patches that say one thing each.
    fn parts(&self) -> Vec<Values> {
        let mut parts: Vec<Values> = Vec::new();
        for field in &self.desk.mapping.model.fields {
            let name = &field.name;
            let null = |parts: &mut Vec<Values>| parts.push(Just(json!({ name: null })).boxed());
            match &field.kind {
                FieldKind::Raw => {}
                FieldKind::Scalar(scalar) => {
                    parts.push(under(name, self.scalar(name, *scalar)));
                    null(&mut parts);
                }
                FieldKind::Object(leaves) => {
                    null(&mut parts);
                    for leaf in leaves {
                        let whole = format!("{name}.{}", leaf.name);
                        let scalar = leaf.scalar().unwrap_or(Scalar::Text);
                        parts.push(under(name, under(&leaf.name, self.scalar(&whole, scalar))));
                        parts.push(Just(json!({ name: { &leaf.name: null } })).boxed());
                    }
                }
                FieldKind::List { key, leaves, required } => {
                    let required = required.as_slice();
                    null(&mut parts);
                    parts.push(Just(json!({ name: [] })).boxed());
                    let list = self.desk.mapping.lists.iter().find(|list| list.name == *name);
                    let key_leaf = leaves.iter().find(|leaf| leaf.name == *key);
                    for known in known_keys(list, key_leaf) {
                        // One item that is whole, one of which some leaves are, and the same key twice.
                        let item =
                            |weight: f64| self.item(leaves, key, required, &Just(Some(known.clone())).boxed(), weight);
                        parts.push(under(name, item(1.0).prop_map(|item| json!([item])).boxed()));
                        parts.push(under(name, item(0.5).prop_map(|item| json!([item])).boxed()));
                        let twice = (item(1.0), item(0.5)).prop_map(|(a, b)| json!([a, b]));
                        parts.push(under(name, twice.boxed()));
                    }
                    let without = self.item(leaves, key, required, &Just(None).boxed(), 1.0);
                    parts.push(under(name, proptest::collection::vec(without, 1..4).prop_map(Value::Array).boxed()));
                    for leaf in leaves.iter().filter(|leaf| leaf.name != *key) {
                        let null = leaf.name.clone();
                        let whole = self.item(leaves, key, required, &keys(known_keys(list, key_leaf), true), 1.0);
                        let emptied = whole.prop_map(move |mut item| {
                            item[null.as_str()] = Value::Null;
                            json!([item])
                        });
                        parts.push(under(name, emptied.boxed()));
                    }
                }
                FieldKind::OpenMap => {
                    for (key, kind) in self.desk.custom_in(self.account) {
                        parts.push(under(name, under(key, values::custom_of(*kind))));
                        parts.push(under(name, under(key, values::custom(*kind))));
                        parts.push(Just(json!({ name: { *key: null } })).boxed());
                    }
                }
            }
        }
        let linked = self.desk.hints.linked.iter().flat_map(|(leaf, ids)| ids.iter().map(move |id| (*leaf, *id)));
        let leaves = self.desk.hints.names.iter().map(|(leaf, _)| *leaf);
        let names = leaves.flat_map(|leaf| {
            let names = self.desk.names_in(self.account, leaf).into_iter().flatten();
            names.map(move |(name, _)| (leaf, *name))
        });
        parts.extend(linked.chain(names).map(|(leaf, value)| Just(nested(leaf, &json!(value))).boxed()));
        parts
    }

    /// A value of a field, or null; none for raw values.
    fn field_value(&self, field: &Field) -> Option<Values> {
        let value = match &field.kind {
            FieldKind::Scalar(scalar) => self.scalar(&field.name, *scalar),
            FieldKind::Object(leaves) => {
                let leaves = leaves.iter().map(|leaf| {
                    let scalar = leaf.scalar().unwrap_or(Scalar::Text);
                    optional(&leaf.name, or_null(self.scalar(&format!("{}.{}", field.name, leaf.name), scalar)), 0.5)
                });
                object(leaves.collect())
            }
            FieldKind::List { key, leaves, required } => {
                let list = self.desk.mapping.lists.iter().find(|list| list.name == field.name);
                let key_leaf = leaves.iter().find(|leaf| leaf.name == *key);
                let keys = keys(known_keys(list, key_leaf), required.contains(key));
                let item = self.item(leaves, key, required, &keys, 0.5);
                proptest::collection::vec(item, 0..5).prop_map(Value::Array).boxed()
            }
            FieldKind::OpenMap => {
                let keys = self.desk.custom_in(self.account);
                let keys = keys.map(|(key, kind)| optional(key, values::custom(*kind), 0.3));
                return Some(object(keys.chain([unknown_key()]).collect()));
            }
            FieldKind::Raw => return None,
        };
        Some(or_null(value))
    }

    /// An item of a list; `weight` is how likely each leaf is there that is not required.
    fn item(
        &self,
        leaves: &[Field],
        key: &str,
        required: &[String],
        keys: &BoxedStrategy<Option<String>>,
        weight: f64,
    ) -> Values {
        let item = leaves.iter().map(|leaf| {
            let name = leaf.name.clone();
            if leaf.name == *key {
                return keys.clone().prop_map(move |key| Some((name.clone(), key?.into()))).boxed();
            }
            let value = self.scalar(&leaf.name, leaf.scalar().unwrap_or(Scalar::Text));
            let weight = if required.contains(&name) { 1.0 } else { weight };
            optional(&name, if weight < 1.0 { or_null(value) } else { value }, weight)
        });
        object(item.collect())
    }

    /// A value of a leaf: an id that exists, a name that the account knows, or one of its type.
    fn scalar(&self, name: &str, scalar: Scalar) -> Values {
        if let Some((_, ids)) = self.desk.hints.linked.iter().find(|(leaf, _)| *leaf == name) {
            return select(*ids).prop_map(Value::from).boxed();
        }
        if let Some(names) = self.desk.names_in(self.account, name) {
            let known = select(names).prop_map(|(name, _)| Value::from(name));
            let of_model = self.desk.mapping.model.field(name).map(|field| field.names.clone()).unwrap_or_default();
            return if of_model.is_empty() {
                known.boxed()
            } else {
                prop_oneof![20 => known, 1 => select(of_model).prop_map(Value::from)].boxed()
            };
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
}

/// A patch of one dotted leaf.
pub(crate) fn nested(leaf: &str, value: &Value) -> Value {
    match leaf.split_once('.') {
        Some((object, inner)) => json!({ object: { inner: value } }),
        None => json!({ leaf: value }),
    }
}

/// An object of one member.
fn under(name: &str, value: Values) -> Values {
    let name = name.to_owned();
    value.prop_map(move |value| json!({ name.as_str(): value })).boxed()
}

/// A key that no account has, rarely.
fn unknown_key() -> Member {
    proptest::option::weighted(0.02, values::text().prop_map(|key| (key, Value::from("x")))).boxed()
}

/// The keys of a list's items: the provider's slots, those that the model names, and one that nobody knows.
fn known_keys(list: Option<&List>, leaf: Option<&Field>) -> Vec<String> {
    let mut known: Vec<String> = leaf.map(|leaf| leaf.names.clone()).unwrap_or_default();
    if let Some(ListShape::Slots(slots)) = list.map(|list| &list.shape) {
        known.extend(slots.iter().flat_map(|slot| std::iter::once(&slot.is).chain(&slot.also)).cloned());
    }
    known.push("pager".to_owned());
    known.sort();
    known.dedup();
    known
}

/// One of the keys mostly, none often where it may be missing, and rarely any text.
fn keys(known: Vec<String>, required: bool) -> BoxedStrategy<Option<String>> {
    let any = values::text().prop_map(Some);
    let some = prop_oneof![10 => select(known).prop_map(Some), 1 => any].boxed();
    if required { some } else { prop_oneof![4 => some, 1 => Just(None)].boxed() }
}

fn or_null(value: Values) -> Values {
    prop_oneof![12 => value, 1 => Just(Value::Null)].boxed()
}

fn optional(name: &str, value: Values, weight: f64) -> Member {
    let name = name.to_owned();
    let member = value.prop_map(move |value| (name.clone(), value));
    if weight < 1.0 { proptest::option::weighted(weight, member).boxed() } else { member.prop_map(Some).boxed() }
}

fn object(members: Vec<Member>) -> Values {
    members.prop_map(|members| members.into_iter().flatten().collect::<Map<_, _>>().into()).boxed()
}
