//! Patches: driven by the unified model and the mapping.

use mapwright_mapping::mapping::{ListShape, Mapping};
use mapwright_mapping::model::{Field, FieldKind, Scalar};
use serde_json::{Map, Value};

use super::draw::Draw;
use super::known::Known;
use super::values;

/// A patch that has the field whose turn it is, and some others.
pub(crate) fn patch(mapping: &Mapping, known: &Known, turn: &str, draw: &mut Draw) -> Value {
    let mut patch = Map::new();
    for field in &mapping.model.fields {
        let others = !mapping.unsupported.contains(&field.name) && draw.once_in(4);
        if field.name != turn && !others {
            continue;
        }
        if let Some(value) = field_value(field, mapping, known, draw) {
            patch.insert(field.name.clone(), value);
        }
    }
    patch.into()
}

fn field_value(field: &Field, mapping: &Mapping, known: &Known, draw: &mut Draw) -> Option<Value> {
    if draw.once_in(8) && !matches!(field.kind, FieldKind::Raw) {
        return Some(Value::Null);
    }
    Some(match &field.kind {
        FieldKind::Scalar(scalar) => leaf_value(&field.name, &field.name, *scalar, known, draw),
        FieldKind::Object(leaves) => {
            let members = leaves.iter().map(|leaf| {
                let dotted = format!("{}.{}", field.name, leaf.name);
                let value = leaf_value(&dotted, &leaf.name, leaf.scalar().unwrap_or(Scalar::Text), known, draw);
                (leaf.name.clone(), value)
            });
            members.collect::<Map<_, _>>().into()
        }
        FieldKind::List { key, required, leaves } => {
            let mut items = Vec::new();
            for kind in kinds(&field.name, leaves, key, mapping) {
                if !items.is_empty() && !draw.once_in(2) {
                    continue;
                }
                let mut item = Map::new();
                for leaf in leaves {
                    let value = if leaf.name == *key {
                        kind.clone().into()
                    } else if required.contains(&leaf.name) || draw.below(4) > 0 {
                        values::scalar(&leaf.name, leaf.scalar().unwrap_or(Scalar::Text), draw)
                    } else {
                        continue;
                    };
                    item.insert(leaf.name.clone(), value);
                }
                items.push(Value::Object(item));
            }
            items.into()
        }
        FieldKind::OpenMap => {
            let mut object = Map::new();
            for (key, seen) in &known.custom {
                if draw.once_in(3) {
                    object.insert(key.clone(), values::custom(seen, draw));
                }
            }
            object.into()
        }
        FieldKind::Raw => return None,
    })
}

/// The keys of a list's items: those of the provider's slots; those of the model where it has none.
fn kinds(name: &str, leaves: &[Field], key: &str, mapping: &Mapping) -> Vec<String> {
    let list = mapping.lists.iter().find(|list| list.name == name);
    let slots = match list.map(|list| &list.shape) {
        Some(ListShape::Slots(slots)) => slots.iter().map(|slot| slot.is.clone()).collect(),
        _ => Vec::new(),
    };
    let modelled = leaves.iter().filter(|leaf| leaf.name == *key).flat_map(|leaf| leaf.names.clone());
    if slots.is_empty() { modelled.take(2).collect() } else { slots }
}

/// A value of a leaf: an id that exists, a name that the account knows, or one of its type.
fn leaf_value(leaf: &str, name: &str, scalar: Scalar, known: &Known, draw: &mut Draw) -> Value {
    if let Some(names) = known.names.get(leaf) {
        return draw.one(names).clone().into();
    }
    if let Some(ids) = known.linked.get(leaf) {
        return draw.one(ids).clone().into();
    }
    // The id of a record that the account does not have is refused.
    if name == "id" { Value::Null } else { values::scalar(name, scalar, draw) }
}
