//! Reads the unified resource from the provider's records.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::drive::{Drive, Phase, Stop, text, trouble};
use super::known::Known;
use super::value::to_scalar;
use crate::mapping::{Address, ArrayList, Carries, Group, Keys, List, ListShape, ListSlot, Rest, RestPlace, SlotLeaf};
use crate::model::{Field, FieldKind, Position, Scalar};
use crate::outcome::{Failure, Unread};
use crate::provider::Class;

/// Why a leaf is not there that the caller has not asked for.
const UNASKED: &str = "a parameter of the caller stands in place of the one that asks for it";

/// A key of an open map as the provider names it, and its value.
type Pair<'v> = (Cow<'v, str>, &'v Value);

/// What reading gives for a leaf: nothing where the mapping has no place for it.
type Leaf = Option<Value>;

/// How far the resource is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// The next field of the model.
    next: usize,
    /// What was read of those before.
    resource: Map<String, Value>,
    /// Whether nobody can go on from here.
    pub(super) torn: bool,
}

/// The dotted name of a leaf, put together where it is told.
struct LeafName<'m> {
    object: Option<&'m str>,
    leaf: &'m str,
}

impl LeafName<'_> {
    /// Where it stands in the resource.
    fn pointer(&self) -> String {
        format!("/{}", self.to_string().replace('.', "/"))
    }
}

impl fmt::Display for LeafName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.object {
            Some(object) => write!(f, "{object}.{}", self.leaf),
            None => f.write_str(self.leaf),
        }
    }
}

impl Drive<'_> {
    /// Reads the whole resource. Empty is null; what cannot be read is left out and named.
    pub(crate) fn resource(&mut self) -> Result<Value, Stop> {
        let mapping = self.mapping();
        // In a plan it may be still to come.
        let is_there = matches!(self.state(mapping.main, Phase::Back)?, Known::Value(Some(_)));
        if self.reading.next == 0 {
            self.reading.resource = Map::with_capacity(mapping.model.fields.len());
        }
        while let Some(field) = mapping.model.fields.get(self.reading.next) {
            let (told, lost) = (self.unread.len(), self.lost.len());
            match self.field(self.reading.next, field) {
                Ok(value) => self.reading.resource.extend(value.map(|value| (field.name.clone(), value))),
                Err(stop) => {
                    // It is read again, and what it has told so far is told again; but not that a record is lost.
                    self.unread.truncate(told);
                    self.reading.torn = self.lost.len() > lost;
                    return Err(stop);
                }
            }
            self.reading.next += 1;
        }
        let resource = std::mem::take(&mut self.reading).resource;
        if is_there {
            self.is_record(&resource)?;
        }
        Ok(Value::Object(resource))
    }

    /// Reads one field of the resource.
    fn field(&mut self, at: usize, field: &Field) -> Result<Leaf, Stop> {
        let mapping = self.mapping();
        match &field.kind {
            FieldKind::Scalar(scalar) => {
                let name = LeafName { object: None, leaf: &field.name };
                self.leaf(mapping.carries_at(Position { field: at, leaf: 0 }), &name, *scalar)
            }
            FieldKind::Object(leaves) => self.object(at, field, leaves),
            FieldKind::List { leaves, .. } => self.list(field, leaves),
            FieldKind::OpenMap => self.map(field),
            FieldKind::Raw => Ok(None),
        }
    }

    /// An answer that has neither what every record has nor any value at all is JSON, and no record.
    fn is_record(&self, resource: &Map<String, Value>) -> Result<(), Stop> {
        let mapping = self.mapping();
        let mut required = mapping.fields.iter().filter(|field| mapping.model.required.contains(&field.leaf));
        let lacks = |field: &crate::mapping::Field| resource.get(&field.leaf).is_none_or(Value::is_null);
        if required.any(lacks) && resource.values().all(is_nothing) {
            let message = "the provider's answer is JSON, and holds nothing of the record";
            return Err(trouble(Failure::new(Class::Provider, message), None, false));
        }
        Ok(())
    }

    /// Whether an answer lacks what lies at the addresses because the caller's parameter stands in place of the one that
    /// asks for it.
    fn is_unasked(&self, addresses: &[Address]) -> bool {
        let mapping = self.mapping();
        if self.run.patch.is_some() || !self.selects_otherwise() {
            return false;
        }
        let Some(state) = self.known_state(mapping.main, Phase::Back) else { return false };
        let mut own = addresses.iter().filter(|address| mapping.lies_in(address.record, mapping.main)).peekable();
        own.peek().is_some() && own.all(|address| state.get(&address.path, &self.run.bound).is_none())
    }

    /// Whether a parameter of the caller stands in place of one that selects what is read.
    fn selects_otherwise(&self) -> bool {
        let mapping = self.mapping();
        let read = mapping.record(mapping.main).read.iter();
        let mut selecting = read.flat_map(|read| &read.query).filter(|(_, value)| value.names().contains(&"select"));
        selecting.any(|(name, _)| self.run.options.remote_query.iter().any(|(given, _)| given == name))
    }

    fn unread(&mut self, pointer: String, reason: String) {
        self.unread.push(Unread { pointer, reason });
    }

    /// A leaf outside lists and maps.
    fn leaf(&mut self, carries: Option<Carries<'_>>, name: &LeafName<'_>, scalar: Scalar) -> Result<Leaf, Stop> {
        let slot = match carries {
            Some(Carries::Field(field)) => &field.slot,
            Some(Carries::Action(_, action)) => &action.slot,
            Some(Carries::Group(_, group)) => return self.part(group, &name.to_string()),
            None => return Ok(None),
        };
        if slot.read.is_empty() && slot.computed.as_ref().is_none_or(|computed| computed.read.is_none()) {
            return Ok(None);
        }
        let pointer = || name.pointer();
        let read = self.named(pointer, |this| this.decode(slot, scalar, Phase::Back))?;
        if self.is_lost(&slot.read) {
            return Ok(None);
        }
        Ok(match read {
            Ok(None) if self.is_unasked(&slot.read) => {
                self.unread(pointer(), UNASKED.to_owned());
                None
            }
            Ok(value) => Some(value.unwrap_or(Value::Null)),
            Err(why) => {
                self.unread(pointer(), why);
                None
            }
        })
    }

    /// A leaf that is a part of a text.
    fn part(&mut self, group: &Group, name: &str) -> Result<Leaf, Stop> {
        let Some(at) = group.parts.iter().position(|part| part == name) else { return Ok(None) };
        let Known::Value(wire) = self.current(&group.slot, &group.name, Phase::Back)? else { return Ok(None) };
        if self.is_lost(&group.slot.read) {
            return Ok(None);
        }
        let whole = wire.and_then(|wire| group.slot.reading().decode(&wire).ok());
        let parts = whole.map(|whole| group.join.split(&text(&whole), group.parts.len())).unwrap_or_default();
        Ok(Some(parts.into_iter().nth(at).flatten().map_or(Value::Null, Value::String)))
    }

    fn object(&mut self, at: usize, field: &Field, leaves: &[Field]) -> Result<Leaf, Stop> {
        let mapping = self.mapping();
        let mut object = Map::new();
        for (own, leaf) in leaves.iter().enumerate() {
            let Some(scalar) = leaf.scalar() else { continue };
            let name = LeafName { object: Some(&field.name), leaf: &leaf.name };
            if let Some(value) = self.leaf(mapping.carries_at(Position { field: at, leaf: own }), &name, scalar)? {
                object.insert(leaf.name.clone(), value);
            }
        }
        Ok((!object.is_empty()).then_some(Value::Object(object)))
    }

    fn list(&mut self, field: &Field, leaves: &[Field]) -> Result<Leaf, Stop> {
        let mapping = self.mapping();
        let Some(list) = mapping.lists.iter().find(|list| list.name == field.name) else { return Ok(None) };
        let items = match &list.shape {
            ListShape::Slots(slots) => {
                let mut items = Vec::new();
                for slot in slots {
                    items.extend(self.slot_items(list, slot, leaves)?);
                }
                items
            }
            ListShape::Array(array) => self.array_items(list, array, leaves)?,
        };
        let lost = match &list.shape {
            ListShape::Slots(slots) => {
                slots.iter().flat_map(|slot| &slot.leaves).any(|leaf| self.is_lost(&leaf.slot().read))
            }
            ListShape::Array(array) => self.is_lost(std::slice::from_ref(&array.at)),
        };
        let unasked = match &list.shape {
            ListShape::Slots(slots) => {
                slots.iter().flat_map(|slot| &slot.leaves).any(|leaf| self.is_unasked(&leaf.slot().read))
            }
            ListShape::Array(array) => self.is_unasked(std::slice::from_ref(&array.at)),
        };
        if unasked {
            self.unread(format!("/{}", list.name), UNASKED.to_owned());
            return Ok(None);
        }
        // A list that lacks what one of its slots holds would be read as a shorter one.
        Ok((!lost).then_some(Value::Array(items)))
    }

    /// Decodes one value and names it where no row of its table knows it.
    fn named<T>(
        &mut self,
        pointer: impl FnOnce() -> String,
        read: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        self.passed = None;
        let value = read(self)?;
        if let Some(why) = self.passed.take() {
            self.unread(pointer(), why);
        }
        Ok(value)
    }

    /// The items of one slot: none when it is empty, several when it holds several values.
    fn slot_items(&mut self, list: &List, slot: &ListSlot, leaves: &[Field]) -> Result<Vec<Value>, Stop> {
        let scalar =
            |name: &str| leaves.iter().find(|leaf| leaf.name == name).and_then(Field::scalar).unwrap_or(Scalar::Text);
        let key = |mut item: Map<String, Value>| {
            item.insert(list.key.clone(), Value::String(slot.is.clone()));
            Value::Object(item)
        };
        let mut item = Map::new();
        let mut several = Vec::new();
        for leaf in &slot.leaves {
            match leaf {
                SlotLeaf::One(name, slot) if slot.many => {
                    let Known::Value(Some(wire)) = self.current(slot, name, Phase::Back)? else { continue };
                    let values = slot
                        .reading()
                        .decode(&wire)
                        .ok()
                        .and_then(|values| values.as_array().cloned())
                        .unwrap_or_default();
                    let values = values
                        .iter()
                        .filter_map(|value| to_scalar(Cow::Borrowed(value), scalar(name)).ok())
                        .filter(|value| value.as_str() != Some(""));
                    several.extend(values.map(|value| key(Map::from_iter([(name.clone(), value.into_owned())]))));
                }
                SlotLeaf::One(name, target) => match self
                    .named(|| format!("/{}", list.name), |this| this.decode(target, scalar(name), Phase::Back))?
                {
                    Ok(Some(value)) => {
                        item.insert(name.clone(), value);
                    }
                    Ok(None) => {}
                    Err(why) => self.unread(format!("/{}", list.name), format!("`{name}` of `{}`: {why}", slot.is)),
                },
                SlotLeaf::Joined(joined) => {
                    let Known::Value(Some(wire)) = self.current(&joined.slot, &joined.name, Phase::Back)? else {
                        continue;
                    };
                    let whole = joined.slot.reading().decode(&wire).unwrap_or(wire);
                    let parts = joined.split(&text(&whole));
                    item.extend(
                        joined
                            .parts
                            .iter()
                            .zip(parts)
                            .filter_map(|(name, part)| Some((name.clone(), Value::String(part?)))),
                    );
                }
            }
        }
        let mut items = Vec::new();
        if !item.is_empty() {
            items.push(key(item));
        }
        items.extend(several);
        Ok(items)
    }

    fn array_items(&mut self, list: &List, array: &ArrayList, leaves: &[Field]) -> Result<Vec<Value>, Stop> {
        let Known::Value(Some(state)) = self.state(array.at.record, Phase::Back)? else { return Ok(Vec::new()) };
        let objects = state.get(&array.at.path, &self.run.bound).and_then(Value::as_array);
        let mut items = Vec::new();
        for (i, object) in objects.into_iter().flatten().enumerate() {
            let mut item = Map::new();
            for (name, slot) in &array.item {
                let scalar =
                    leaves.iter().find(|leaf| leaf.name == *name).and_then(Field::scalar).unwrap_or(Scalar::Text);
                let wire = slot
                    .read
                    .iter()
                    .find_map(|address| address.path.get(object, &self.run.bound))
                    .filter(|wire| !self.is_empty(slot, array.at.record, wire));
                let Some(wire) = wire else { continue };
                match self
                    .named(|| format!("/{}/{i}/{name}", list.name), |this| this.decode_wire(slot, scalar, wire))?
                {
                    Ok(Some(value)) => {
                        item.insert(name.clone(), value);
                    }
                    Ok(None) => {}
                    Err(why) => self.unread(format!("/{}/{i}/{name}", list.name), why),
                }
            }
            if !item.is_empty() {
                items.push(Value::Object(item));
            }
        }
        Ok(items)
    }

    fn map(&mut self, field: &Field) -> Result<Leaf, Stop> {
        let mapping = self.mapping();
        let Some(rest) = mapping.rests.iter().find(|rest| rest.name == field.name) else { return Ok(None) };
        let Some(address) = rest.place.read().cloned() else { return Ok(None) };
        let state = match self.state(address.record, Phase::Back)? {
            Known::Value(Some(state)) => state,
            Known::Value(None) => return Ok(None),
            // In a plan the keys are still to come; which of them belong to the map is looked up.
            Known::Hole(_) => {
                let keys = if let Keys::Table(table) = rest.keys { Some(table) } else { None };
                for table in keys.into_iter().chain(rest.form.as_ref().map(|form| form.table)) {
                    self.rows_for_reading(table, 0)?.ok();
                }
                return Ok(None);
            }
        };
        let bound = &self.run.bound;
        let pairs: Vec<Pair<'_>> = match &rest.place {
            RestPlace::Members { .. } => {
                let members = state.members(&address.path, bound).unwrap_or_default();
                members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect()
            }
            RestPlace::Entries { name, value, .. } => {
                let entries = state.get(&address.path, bound).and_then(Value::as_array).into_iter().flatten();
                let name_of = |entry: &Value| Some(Cow::Owned(text(entry.get(name)?)));
                let pairs = entries.map(|entry| (name_of(entry), entry.get(value).unwrap_or(&Value::Null)));
                pairs.filter_map(|(name, value)| Some((name?, value))).collect()
            }
        };
        let mut map = Map::new();
        let pairs = self.asked_for(rest, &address, pairs)?;
        for (name, wire) in pairs {
            match self.caller_key(rest, &name)? {
                Ok(Some(key)) => match self.rest_read(rest, &address, &name, wire)? {
                    Ok(value) => drop(map.insert(key, value)),
                    Err(why) => self.unread(crate::document::pointer(&format!("/{}", field.name), &key), why),
                },
                Ok(None) => {}
                Err(why) => {
                    self.unread(format!("/{}", field.name), why);
                    return Ok(None);
                }
            }
        }
        Ok(Some(Value::Object(map)))
    }

    /// The pairs with those keys that were asked for by name and that the answer leaves out: they are empty.
    fn asked_for<'v>(
        &mut self,
        rest: &Rest,
        address: &crate::mapping::Address,
        mut pairs: Vec<Pair<'v>>,
    ) -> Result<Vec<Pair<'v>>, Stop> {
        let mapping = self.mapping();
        let selects = mapping.record(address.record).read.as_ref().is_some_and(|read| read.names().contains(&"select"));
        let selects = selects && (self.run.patch.is_some() || !self.selects_otherwise());
        let (Keys::Table(table), true, true) = (&rest.keys, selects, address.path.segments.is_empty()) else {
            return Ok(pairs);
        };
        if let Ok(fetched) = self.rows_for_reading(*table, 0)? {
            let mut known: BTreeSet<String> = pairs.iter().map(|(name, _)| name.to_string()).collect();
            for row in fetched.rows.iter() {
                let name = text(&row.remote);
                if known.insert(name.clone()) {
                    pairs.push((Cow::Owned(name), &Value::Null));
                }
            }
        }
        Ok(pairs)
    }

    /// The name under which callers see a key; none where it does not belong to the map.
    fn caller_key(&mut self, rest: &Rest, name: &str) -> Result<Result<Option<String>, String>, Stop> {
        if self.owner_of(rest, name).is_some() {
            return Ok(Ok(None));
        }
        Ok(match &rest.keys {
            Keys::All => Ok(Some(name.to_owned())),
            Keys::Pattern { regex, .. } => Ok(regex.is_match(name).then(|| name.to_owned())),
            Keys::Table(table) => match self.rows_for_reading(*table, 0)? {
                Ok(fetched) => Ok(self
                    .mapping()
                    .table(*table)
                    .remote(&fetched.rows, &Value::String(name.to_owned()))
                    .map(|row| row.unified.clone())),
                Err(why) => Err(why),
            },
        })
    }

    /// The value of a key, through its form when its type has one; an error where it cannot be represented.
    fn rest_read(
        &mut self,
        rest: &Rest,
        address: &crate::mapping::Address,
        name: &str,
        wire: &Value,
    ) -> Result<Result<Value, String>, Stop> {
        let mapping = self.mapping();
        if let Some(by) = &rest.form
            && let Ok(fetched) = self.rows_for_reading(by.table, 0)?
        {
            let row = mapping.table(by.table).remote(&fetched.rows, &Value::String(name.to_owned()));
            let kind = row.and_then(|row| row.column(&by.by)).map(|kind| text(&kind)).unwrap_or_default();
            if let Some(form) = by.of(&kind) {
                return Ok(self.read_form(form, address.record, wire).map(|value| value.unwrap_or(Value::Null)));
            }
        }
        if mapping.record(address.record).empty.contains(wire) {
            return Ok(Ok(Value::Null));
        }
        Ok(Ok(mapping.record(address.record).values.decode(wire).unwrap_or_else(|_| wire.clone())))
    }
}

/// Whether a value of the resource, objects and lists inside, says nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().all(is_nothing),
        Value::Array(items) => items.iter().all(is_nothing),
        _ => false,
    }
}
