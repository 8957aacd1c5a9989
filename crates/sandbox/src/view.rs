//! A record as a reply shows it: with what is computed, and only what is asked for.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::collection::{Collection, Computed};
use crate::hole::{Scope, plain_text};
use crate::pointer::Pointer;
use crate::spec::Spec;
use crate::state::State;
use crate::value::{choices, find};
use crate::wrap::{leave_out, wrap};

/// What a reply's record shows.
pub(crate) enum Wanted<'a> {
    /// Everything.
    All,
    /// What the query parameter names, or the default where it is absent.
    Selected(Option<&'a str>),
    /// What a write names.
    Written(&'a [String]),
}

/// Looks at one record.
pub(crate) struct Viewer<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) state: &'a State,
    /// The conditions that hold.
    pub(crate) asks: &'a BTreeSet<String>,
}

impl Viewer<'_> {
    /// The record as shown; the error is a name that cannot be selected.
    pub(crate) fn show(&self, collection: &str, id: &str, wanted: &Wanted<'_>) -> Result<Option<Value>, String> {
        let (Some(own), Some(record)) = (self.spec.collections.get(collection), self.state.record(collection, id))
        else {
            return Ok(None);
        };
        let mut full = record.clone();
        for computed in &own.computed {
            let computed = computed.get_ref();
            let is_asked = computed.asked.as_ref().is_none_or(|asked| self.asks.contains(asked.get_ref()));
            let has_value = computed.follows.as_ref().is_none_or(|field| own.value(&full, field.get_ref()).is_some());
            if !is_asked || !has_value {
                continue;
            }
            if let Some(value) = self.compute(own, id, computed, &full) {
                computed.field.set(&mut full, value);
            }
        }
        crate::form::show(self.spec, self.state, own, id, &mut full);
        wrap(self.spec, self.state, own, &mut full);
        let mut shown = project(own, full, wanted)?;
        leave_out(own, &mut shown);
        Ok(Some(shown))
    }

    /// `None` where the value is stored and not computed for a reply.
    fn compute(&self, own: &Collection, id: &str, computed: &Computed, record: &Value) -> Option<Value> {
        if let Some(parts) = &computed.join {
            let texts: Vec<String> = parts
                .iter()
                .filter_map(|part| own.value(record, part.get_ref()))
                .map(plain_text)
                .filter(|text| !text.is_empty())
                .collect();
            let joined = texts.join(&computed.separator);
            return Some(if joined.is_empty() { Value::Null } else { joined.into() });
        }
        if let Some(text) = &computed.text {
            let mut roots = Map::new();
            roots.insert("record".to_owned(), record.clone());
            roots.insert("id".to_owned(), id.into());
            let scope = Scope { roots, now: self.state.now(), lookup: &|_, _| None };
            return Some(text.render(&scope, None).into());
        }
        if let Some(pick) = &computed.pick {
            return pick.part(own, record);
        }
        if let Some(field) = &computed.label {
            let value = own.value(record, field.get_ref())?;
            let choices = choices(self.state, own.field(field.get_ref())?);
            let chosen = choices.iter().find(|choice| plain_text(&choice.value) == plain_text(value))?;
            return Some(chosen.label.clone().into());
        }
        if let Some(field) = &computed.via {
            return Some(
                self.other(own, field.get_ref(), record)
                    .map_or(Value::Null, |(name, id)| self.shown(computed, name, &id)),
            );
        }
        if let Some(field) = &computed.kind_of {
            return Some(
                self.other(own, field.get_ref(), record)
                    .map_or(Value::Null, |(name, _)| computed.names.get(name).map_or(name, String::as_str).into()),
            );
        }
        if let Some(linked) = &computed.link {
            let link = self.spec.links.get(linked.name.get_ref())?;
            let pairs = self.state.links.get(linked.name.get_ref())?;
            let pair = pairs.iter().find(|pair| pair.from == id && pair.kinds.contains(&linked.kind));
            return Some(pair.map_or(Value::Null, |pair| self.shown(computed, link.to.get_ref(), &pair.to)));
        }
        None
    }

    /// The record that a reference leads to.
    fn other<'s>(&'s self, own: &'s Collection, key: &str, record: &Value) -> Option<(&'s str, String)> {
        let id = own.value(record, key)?.as_str()?.to_owned();
        find(self.spec, self.state, own.field(key)?.to.iter(), &id)
    }

    fn shown(&self, computed: &Computed, collection: &str, id: &str) -> Value {
        match &computed.shows {
            None => id.into(),
            Some(place) => {
                self.state.record(collection, id).and_then(|record| place.get(record)).cloned().unwrap_or_default()
            }
        }
    }

    /// The links of a record: `(flat, by pair)`, each by the name of the links.
    pub(crate) fn links(&self, collection: &str, id: &str) -> (Value, Value) {
        let (mut flat, mut grouped) = (Map::new(), Map::new());
        for (name, link) in &self.spec.links {
            if link.from.get_ref() != collection {
                continue;
            }
            let pairs = self.state.links.get(name).into_iter().flatten();
            let groups: Vec<Value> = pairs
                .filter(|pair| pair.from == id)
                .map(|pair| pair_value(self.spec, name, &pair.to, &pair.kinds))
                .collect();
            let rows = groups.iter().flat_map(|group| {
                let kinds = group["kinds"].as_array().into_iter().flatten();
                kinds.map(|kind| {
                    let mut row = kind.as_object().cloned().unwrap_or_default();
                    row.insert("to".to_owned(), group["to"].clone());
                    Value::Object(row)
                })
            });
            flat.insert(name.clone(), rows.collect());
            grouped.insert(name.clone(), Value::Array(groups));
        }
        (Value::Object(flat), Value::Object(grouped))
    }

    /// The fields of a collection, with their values in a record where one is given.
    pub(crate) fn fields(&self, collection: &str, record: Option<&Value>) -> Vec<Value> {
        let Some(own) = self.spec.collections.get(collection) else {
            return Vec::new();
        };
        own.fields
            .iter()
            .map(|(key, field)| (key, field.get_ref()))
            .filter(|(_, field)| Collection::shown(field))
            .map(|(key, field)| {
                let options: Vec<Value> = choices(self.state, field)
                    .into_iter()
                    .map(|choice| json!({"value": choice.value, "label": choice.label, "about": choice.about}))
                    .collect();
                json!({
                    "key": key,
                    "name": Pointer::parse(key).tokens().last(),
                    "label": field.label,
                    "type": field.kind.name(),
                    "max": field.max,
                    "read_only": field.read_only,
                    "required": field.required,
                    "custom": field.custom,
                    "builtin": !field.custom,
                    "options": options,
                    "about": field.about,
                    "value": record.and_then(|record| own.value(record, key)),
                })
            })
            .collect()
    }
}

/// `{to, kinds: [{kind, name, label}], labels}`, kinds in the order of the file.
pub(crate) fn pair_value(spec: &Spec, name: &str, to: &str, numbers: &[i64]) -> Value {
    let kinds: Vec<_> = spec
        .links
        .get(name)
        .into_iter()
        .flat_map(|link| &link.kinds)
        .filter(|kind| numbers.contains(&kind.id))
        .collect();
    let labels: Vec<&String> = kinds.iter().filter_map(|kind| kind.label.as_ref()).collect();
    let kinds: Vec<Value> =
        kinds.iter().map(|kind| json!({"kind": kind.id, "name": kind.name, "label": kind.label})).collect();
    json!({"to": to, "kinds": kinds, "labels": labels})
}

/// Leaves only what is wanted in the object that holds the fields.
fn project(own: &Collection, mut full: Value, wanted: &Wanted<'_>) -> Result<Value, String> {
    let Some(select) = &own.select else {
        return Ok(full);
    };
    let names: Option<Vec<String>> = match wanted {
        Wanted::All | Wanted::Selected(None) if select.default.is_none() => None,
        Wanted::All => None,
        Wanted::Selected(None) => select.default.clone(),
        Wanted::Selected(Some(text)) => {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            Some(names.map(str::to_owned).collect())
        }
        Wanted::Written(keys) => Some(keys.iter().chain(&select.beside_written).cloned().collect()),
    };
    let relative = |computed: &Computed| {
        let tokens = computed.field.tokens().strip_prefix(own.fields_at.tokens())?;
        (tokens.len() == 1).then(|| tokens.first().cloned())?
    };
    let selectable = |name: &str| own.field(name).is_some_and(Collection::shown);
    if select.closed
        && let Some(unknown) = names.iter().flatten().find(|name| !selectable(name))
    {
        return Err(unknown.clone());
    }
    let shown =
        |name: &str| names.as_ref().is_none_or(|names| names.iter().chain(&select.always).any(|known| known == name));
    let mut object = match own.fields_at.get(&full) {
        Some(Value::Object(object)) => object.clone(),
        _ => Map::new(),
    };
    let mut kept: BTreeSet<String> = object.keys().filter(|name| shown(name)).cloned().collect();
    for (computed, name) in own.computed.iter().filter_map(|computed| {
        let computed = computed.get_ref();
        relative(computed).map(|name| (computed, name))
    }) {
        let along = computed.along.iter().any(|field| shown(field.get_ref()));
        let follows = computed.follows.as_ref().is_some_and(|field| shown(field.get_ref()));
        if along || follows {
            kept.insert(name);
        }
    }
    object.retain(|name, _| kept.contains(name));
    let blanks = own
        .fields
        .iter()
        .filter(|(name, field)| Collection::shown(field.get_ref()) && !name.contains('/') && shown(name));
    for (name, _) in blanks {
        object.entry(name.clone()).or_insert(Value::Null);
    }
    own.fields_at.set(&mut full, Value::Object(object));
    Ok(full)
}
