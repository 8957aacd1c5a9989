//! Where a unified field's value comes from and goes to: its places both ways, conversions, table, losses, the requests
//! that carry it, and the file that each rule comes from. Made from the checked mapping alone, without an account.
//!
//! | part | file |
//! |---|---|
//! | one leaf and its place | `way.rs` |
//! | a table, a form | `translation.rs` |
//! | the requests | `requests.rs` |

mod requests;
mod translation;
mod way;

use serde::Serialize;

pub use requests::{Carrier, Does};
pub use translation::{FormWay, TableRow, TableWay};
pub use way::Way;

use crate::diagnostic::suggest::{did_you_mean, suggest};
use crate::mapping::{ListShape, Mapping, Origin};
use crate::model::FieldKind;

/// All that a mapping says of one unified field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The provider.
    pub provider: String,
    /// The name of the provider that people know.
    pub label: String,
    /// The unified resource.
    pub resource: String,
    /// The unified field, or one leaf of it.
    pub field: String,
    /// Its leaves, in the order of the file.
    pub ways: Vec<Way>,
    /// Leaves that the provider has no place for, and where the mapping says so.
    pub unsupported: Vec<Unsupported>,
    /// The variables of an account that its rules use, and where they are declared.
    pub variables: Vec<Used>,
}

/// A leaf that the provider has no place for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unsupported {
    /// The field or leaf.
    pub leaf: String,
    /// Where the mapping says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A variable of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Used {
    /// Its name.
    pub name: String,
    /// What is legal, in words.
    pub legal: String,
    /// The value of an account that says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Where a person finds the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub find: Option<String>,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// There is no such field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{resource}` has no field `{name}`; {known}")]
pub struct UnknownField {
    /// The resource.
    pub resource: String,
    /// The name.
    pub name: String,
    /// The nearest name, or the fields, in words.
    pub known: String,
    /// The nearest name.
    pub suggestion: Option<String>,
}

impl Mapping {
    /// Explains a unified field, such as `author`, or one leaf of it, such as `author.id` or `copies.number`.
    ///
    /// # Errors
    /// The model has no such field.
    pub fn explain(&self, name: &str) -> Result<Explanation, UnknownField> {
        let leaves = self.leaves_of(name)?;
        let mut ways = self.ways(&leaves);
        ways.sort_by_key(|way| way.origin.as_ref().map(|origin| (origin.overlay, origin.line)));
        let unsupported = self.unsupported_of(name, &leaves, &ways);
        let mut names: Vec<String> = ways.iter().flat_map(Way::variables).collect();
        names.sort();
        names.dedup();
        let variables = names.iter().filter_map(|name| self.used(name)).collect();
        Ok(Explanation {
            provider: self.provider.id.clone(),
            label: self.provider.label.clone(),
            resource: self.model.resource.clone(),
            field: name.to_owned(),
            ways,
            unsupported,
            variables,
        })
    }

    /// The leaves that a name stands for, dotted; a list's leaves begin with its name.
    fn leaves_of(&self, name: &str) -> Result<Vec<String>, UnknownField> {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        for field in &self.model.fields {
            let below = |leaves: &[crate::model::Field]| {
                leaves.iter().map(|leaf| format!("{}.{}", field.name, leaf.name)).collect::<Vec<_>>()
            };
            all.push(match &field.kind {
                FieldKind::Object(leaves) | FieldKind::List { leaves, .. } => (field.name.clone(), below(leaves)),
                FieldKind::Scalar(_) | FieldKind::OpenMap | FieldKind::Raw => {
                    (field.name.clone(), vec![field.name.clone()])
                }
            });
        }
        if let Some((_, leaves)) = all.iter().find(|(field, _)| field == name) {
            return Ok(leaves.clone());
        }
        if all.iter().any(|(_, leaves)| leaves.iter().any(|leaf| leaf == name)) {
            return Ok(vec![name.to_owned()]);
        }
        let names = all.iter().flat_map(|(field, leaves)| std::iter::once(field).chain(leaves)).map(String::as_str);
        let suggestion = suggest(name, names).map(str::to_owned);
        let known = match &suggestion {
            Some(near) => format!("did you mean `{near}`?"),
            None => did_you_mean(name, all.iter().map(|(field, _)| field.as_str())),
        };
        Err(UnknownField { resource: self.model.resource.clone(), name: name.to_owned(), known, suggestion })
    }

    fn unsupported_of(&self, name: &str, leaves: &[String], ways: &[Way]) -> Vec<Unsupported> {
        let stated = |leaf: &str| self.unsupported.iter().find(|stated| *stated == leaf);
        let origin = |stated: &String| self.origins.get(&format!("unsupported.{stated}")).cloned();
        let field = name.split('.').next().unwrap_or_default();
        if let Some(whole) = stated(field) {
            return vec![Unsupported { leaf: whole.clone(), origin: origin(whole) }];
        }
        let keys: Vec<String> = self.lists.iter().map(|list| format!("{}.{}", list.name, list.key)).collect();
        let missing = leaves.iter().filter(|leaf| !keys.contains(leaf) && !ways.iter().any(|way| way.holds(leaf)));
        missing.map(|leaf| Unsupported { leaf: leaf.clone(), origin: stated(leaf).and_then(origin) }).collect()
    }

    fn used(&self, name: &str) -> Option<Used> {
        let variable = self.provider.variables.get(name.split('.').next().unwrap_or_default())?;
        Some(Used {
            name: variable.name.clone(),
            legal: variable.legal_in_words(),
            default: variable.default.clone(),
            find: variable.find.clone(),
            origin: self.provider.origins.get(&format!("variables.{}", variable.name)).cloned(),
        })
    }

    /// What stands in the mapping for these leaves.
    fn ways(&self, leaves: &[String]) -> Vec<Way> {
        let asked = |leaf: &str| leaves.iter().any(|known| known == leaf);
        let mut ways = Vec::new();
        for field in self.fields.iter().filter(|field| asked(&field.leaf)) {
            ways.push(self.way(&format!("fields.{}", field.leaf), &field.leaf, &field.slot));
        }
        for action in self.actions.iter().filter(|action| asked(&action.leaf)) {
            ways.push(self.action_way(action));
        }
        for group in self.groups.iter().filter(|group| group.parts.iter().any(|part| asked(part))) {
            let mut way = self.way(&format!("groups.{}", group.name), &group.parts.join(" + "), &group.slot);
            way.notes.push(format!("one text of {}, {}", group.parts.join(" and "), way::joined(&group.join)));
            ways.push(way);
        }
        for list in &self.lists {
            let entry = format!("lists.{}", list.name);
            let of = |leaf: &str| asked(&format!("{}.{leaf}", list.name));
            match &list.shape {
                ListShape::Slots(slots) => {
                    for slot in slots {
                        for leaf in slot.leaves.iter().filter(|leaf| leaf.parts().iter().any(|part| of(part))) {
                            let shown = format!("{}[{}].{}", list.name, slot.is, leaf.parts().join(" + "));
                            let mut way = self.way(&entry, &shown, leaf.slot());
                            way.of_slot(list, slot, leaf);
                            ways.push(way);
                        }
                    }
                }
                ListShape::Array(array) => {
                    for (leaf, slot) in array.item.iter().filter(|(leaf, _)| of(leaf)) {
                        let mut way = self.way(&entry, &format!("{}[].{leaf}", list.name), slot);
                        way.of_array(self, list, array);
                        ways.push(way);
                    }
                }
            }
        }
        for rest in self.rests.iter().filter(|rest| asked(&rest.name)) {
            ways.push(self.map_way(rest));
        }
        ways
    }
}
