//! What the provider's record holds for a leaf: the value itself, what stands for a name, or the form in which the
//! provider keeps it.

use mapwright_mapping::codec::{Kind, same};
use mapwright_mapping::mapping::{Address, Join};
use mapwright_mapping::model::Scalar;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::answer::{Leaf, escape, fold};
use crate::desk::Desk;
use crate::hints::{Acted, Custom};
use crate::snapshot::{Place, Snapshot};

/// A leaf by its dotted name, without the position of an item.
pub(crate) fn dotted(pointer: &str) -> String {
    let names = pointer.split('/').skip(1).filter(|name| name.parse::<usize>().is_err());
    names.map(|name| name.replace("~1", "/").replace("~0", "~")).collect::<Vec<_>>().join(".")
}

/// The text of several parts, by the rules of the language; none where all are empty.
pub(crate) fn joined(join: &Join, parts: &[&str]) -> Option<String> {
    let end = parts.iter().rposition(|part| !part.is_empty())?;
    Some(match join {
        Join::Words => parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "),
        Join::Lines => parts[..=end].join("\n"),
        Join::Separator(between) => parts[..=end].join(between),
    })
}

impl Desk {
    /// Fails unless the record holds a leaf outside lists as it was written; null is nothing.
    pub(crate) fn check_kept(
        &self,
        state: &Snapshot,
        id: &str,
        leaf: &Leaf,
        value: &Value,
    ) -> Result<(), TestCaseError> {
        let name = dotted(&leaf.pointer);
        let full = state.full_id(self.hints.records[0].collection, id);
        match self.hints.actions.iter().find(|(action, _)| *action == name) {
            Some((_, Acted::Link(links, kind))) => {
                let linked = state.links(links, &full);
                let primary: Vec<&str> =
                    linked.iter().filter(|(_, kinds)| kinds.contains(kind)).map(|(to, _)| to.as_str()).collect();
                let wanted: Vec<&str> = value.as_str().into_iter().collect();
                prop_assert_eq!(primary, wanted, "{} is said to be written as {}", name, value);
                return Ok(());
            }
            Some((_, Acted::Members(members))) => {
                let place = self.place(state, id, self.hints.records[0].record, vec![members[0].to_owned()]);
                return self.check_place(state, &place, leaf, &name, value);
            }
            None => {}
        }
        for (record, path) in self.atoms_of_leaf(leaf, &name) {
            if let Some(children) = self.children(&record, &path) {
                let kept = state.children(children, &full);
                let named: Vec<&Value> = kept.iter().map(|(_, child)| &child[&children.same]).collect();
                let wanted: Vec<&Value> = Some(value).filter(|value| !value.is_null()).into_iter().collect();
                prop_assert_eq!(named, wanted, "{} is said to be written as {}", name, value);
                continue;
            }
            let place = self.place(state, id, &record, path);
            self.check_place(state, &place, leaf, &name, value)?;
        }
        Ok(())
    }

    /// Fails unless a value is kept in the place of a slot.
    pub(crate) fn check_slot(
        &self,
        state: &Snapshot,
        id: &str,
        address: &Address,
        leaf: &Leaf,
        value: &Value,
    ) -> Result<(), TestCaseError> {
        let Some((record, path)) = self.atom(address) else { return Ok(()) };
        let place = self.place(state, id, &record, path);
        self.check_place(state, &place, leaf, &dotted(&leaf.pointer), value)
    }

    /// The places that the entries of a leaf outside lists write.
    fn atoms_of_leaf(&self, leaf: &Leaf, name: &str) -> Vec<(String, Vec<String>)> {
        let fields = self.mapping.fields.iter().filter(|field| field.leaf == name);
        let fields = fields.filter_map(|field| self.atom(field.slot.write.as_ref()?));
        let keys = self.mapping.rests.iter().filter_map(|rest| {
            let key = leaf.pointer.strip_prefix(&format!("/{}/", rest.name))?;
            let (record, path) = self.atom(rest.place.written()?)?;
            Some((record, [path, vec![key.replace("~1", "/").replace("~0", "~")]].concat()))
        });
        fields.chain(keys).collect()
    }

    fn check_place(
        &self,
        state: &Snapshot,
        place: &Place,
        leaf: &Leaf,
        name: &str,
        value: &Value,
    ) -> Result<(), TestCaseError> {
        let held = state.value(place);
        let held = held.as_deref().unwrap_or(&Value::Null);
        let wanted = self.keeps(name, value);
        let shows = |wanted: &Value| self.shows(name, leaf, held, wanted);
        let holds = if value.is_null() { self.is_cleared(name, held) } else { wanted.iter().any(shows) };
        prop_assert!(holds, "{} is said to be written as {:?}, and {:?} holds {}", leaf.pointer, wanted, place, held);
        Ok(())
    }

    /// What the provider keeps for a value: one thing, but for a name that stands twice in the account.
    fn keeps(&self, name: &str, value: &Value) -> Vec<Value> {
        let is_name = |name: &str| value.as_str().is_some_and(|value| value == name || fold(value) == fold(name));
        // The names of this account, and those of the demo's that it has too.
        for names in [self.names(name), self.names_in(0, name)] {
            let named = names.into_iter().flatten().filter(|(name, _)| is_name(name));
            let named: Vec<Value> =
                named.map(|(_, kept)| serde_json::from_str(kept).expect("a kept value in JSON")).collect();
            if !named.is_empty() {
                return named;
            }
        }
        let key = name.strip_prefix("custom_fields.").unwrap_or_default();
        let custom = self.hints.custom.iter().find(|(known, _)| *known == key).map(|(_, kind)| kind);
        if let Some(Custom::Kept(_, kept)) = custom.filter(|_| !value.is_null()) {
            return vec![kept(value)];
        }
        match self.hints.keeps.iter().find(|(leaf, _)| *leaf == name) {
            Some((_, kept)) if !value.is_null() => vec![kept(value)],
            _ => vec![value.clone()],
        }
    }

    /// Whether what is kept is nothing: no value, an empty text or list, or what the provider's record has without one.
    fn is_cleared(&self, name: &str, held: &Value) -> bool {
        let empty = self.mapping.fields.iter().filter(|field| field.leaf == name).flat_map(|field| &field.slot.empty);
        crate::snapshot::is_nothing(held)
            || *held == ""
            || *held == json!([])
            || empty.filter(|empty| empty.is_number()).any(|empty| empty == held)
    }

    /// Whether what is kept is what was written.
    fn shows(&self, name: &str, leaf: &Leaf, held: &Value, wanted: &Value) -> bool {
        let key = name.strip_prefix("custom_fields.").unwrap_or_default();
        let kind = self.hints.custom.iter().find(|(known, _)| *known == key).map(|(_, kind)| *kind);
        let is_id = self.hints.linked.iter().any(|(leaf, _)| *leaf == name);
        match (held, wanted) {
            // Days and moments may be kept in a form of the provider's own.
            (Value::String(held), Value::String(day)) if matches!(kind, Some(Custom::Date)) => {
                held == day || held.strip_suffix(" 00:00:00") == Some(day)
            }
            (Value::String(text), wanted) if matches!(kind, Some(Custom::Utc)) => {
                same(Kind::Instant, &json!(format!("{}Z", text.replace(' ', "T"))), wanted)
            }
            (Value::String(_), Value::String(_)) if leaf.scalar == Some(Scalar::Instant) => {
                same(Kind::Instant, held, wanted)
            }
            // An id is a text for the caller, whatever the provider keeps it as.
            (Value::Number(held), Value::String(wanted)) if is_id => held.to_string() == *wanted,
            // Beside what was written the provider may keep what the account says: the country of a number.
            (Value::Object(held), Value::Object(wanted)) if self.hints.keeps.iter().any(|(leaf, _)| *leaf == name) => {
                wanted.iter().all(|(member, value)| held.get(member) == Some(value))
            }
            (Value::Array(held), Value::String(_)) if is_id => *held == std::slice::from_ref(wanted),
            (held, wanted) => same(Kind::Any, held, wanted),
        }
    }

    /// The place of an atom in the state, on the lead of that id.
    pub(crate) fn place(&self, state: &Snapshot, id: &str, record: &str, path: Vec<String>) -> Place {
        let kept = self.kept(record);
        let main = self.hints.records[0].record;
        let id = if record == main {
            state.full_id(kept.collection, id)
        } else {
            state.linked_to(&self.hints.records[0], kept.collection, id)
        };
        let mut place = vec!["collections".to_owned(), kept.collection.to_owned(), id];
        place.extend(kept.below.iter().map(|name| (*name).to_owned()));
        place.extend(self.stored(path));
        place
    }

    /// A leaf of a list's item, as those outside lists are.
    pub(crate) fn item_leaf(list: &str, at: usize, leaf: &str) -> Leaf {
        let pointer = format!("/{list}/{at}/{}", escape(leaf));
        Leaf { pointer, value: Value::Null, scalar: Some(Scalar::Text), item: Some((list.to_owned(), at)) }
    }
}
