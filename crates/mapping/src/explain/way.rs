//! One leaf and its place at the provider, both ways.

use serde::Serialize;

use super::requests::{Carrier, Does};
use super::translation::{FormWay, TableWay};
use crate::mapping::{
    Action, Address, ArrayList, Clear, Join, Keys, List, ListSlot, Mapping, Origin, Rest, RestPlace, Slot, SlotLeaf,
};
use crate::path::Segment;
use crate::template::Template;

/// One leaf, or several in one text, and its place at the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The leaf: `title`, `author.id`, `copies[lending].number`.
    pub leaf: String,
    /// The entry of the file that states it.
    pub entry: String,
    /// Where the entry is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The places that are read, as `record: path`; the first that is not empty counts.
    pub read: Vec<String>,
    /// The places that are written, as `record: path`.
    pub write: Vec<String>,
    /// Conversions, wire side first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conversions: Vec<String>,
    /// Conversions for reading, where they are others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_conversions: Option<Vec<String>>,
    /// The table that translates the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableWay>,
    /// The wire shape around the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<FormWay>,
    /// How null is written; none where nothing is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear: Option<String>,
    /// Why the provider takes no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
    /// What is lost on the way there and back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<String>,
    /// The document that states the facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The fact that no source confirms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unconfirmed: Option<String>,
    /// The cases that show what cannot be proven, with commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tested: Option<String>,
    /// What else the entry says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The requests that carry it, in the order of a run.
    pub requests: Vec<Carrier>,
    #[serde(skip)]
    variables: Vec<String>,
    #[serde(skip)]
    leaves: Vec<String>,
}

impl Way {
    /// Whether it holds a leaf, dotted and without the key of a slot.
    pub(super) fn holds(&self, leaf: &str) -> bool {
        self.leaves.iter().any(|own| own == leaf)
    }

    /// The variables of an account that its paths and requests use.
    pub(super) fn variables(&self) -> Vec<String> {
        self.variables.clone()
    }

    pub(super) fn of_slot(&mut self, list: &List, slot: &ListSlot, leaf: &SlotLeaf) {
        self.leaves = leaf.parts().iter().map(|part| format!("{}.{part}", list.name)).collect();
        if let SlotLeaf::Joined(joined) = leaf {
            self.notes.push(format!("one text of {}, {}", joined.parts.join(" and "), self::joined(&joined.join)));
        }
        if !slot.also.is_empty() {
            self.notes.push(format!("also takes items of the {} `{}`", list.key, slot.also.join("`, `")));
        }
        if slot.any {
            self.notes.push(format!("takes an item of any other {} while it is free", list.key));
        }
        self.of_list(list);
    }

    pub(super) fn of_array(&mut self, mapping: &Mapping, list: &List, array: &ArrayList) {
        let name = self.leaf.rsplit("[].").next().unwrap_or_default();
        self.leaves = vec![format!("{}.{name}", list.name)];
        self.read.iter_mut().chain(&mut self.write).for_each(|path| {
            let inner = path.rsplit(": ").next().unwrap_or_default();
            *path = format!("{}[].{inner}", mapping.place(&array.at));
        });
        self.notes.push("the provider's list is written whole".to_owned());
        if let Some(keep) = &array.keep {
            self.notes.push(format!("what no leaf names stays in items whose `{keep}` is the same"));
        }
        self.of_list(list);
    }

    fn of_list(&mut self, list: &List) {
        self.losses.extend(list.loss.clone());
        self.source = list.source.clone().or_else(|| self.source.take());
        self.unconfirmed = self.unconfirmed.take().or_else(|| list.unconfirmed.clone());
    }

    fn uses(&mut self, templates: &[&Template]) {
        self.variables.extend(templates.iter().flat_map(|text| text.names()).map(str::to_owned));
    }
}

impl Mapping {
    /// An address in words.
    fn place(&self, address: &Address) -> String {
        let path = address.path.to_string();
        let path = if path.is_empty() { "the record itself" } else { &path };
        format!("{}: {path}", self.record(address.record).name)
    }

    /// A leaf in a slot.
    pub(super) fn way(&self, entry: &str, leaf: &str, slot: &Slot) -> Way {
        let mut requests: Vec<Carrier> = slot.table.and_then(|table| self.look_up(table)).into_iter().collect();
        let writable = slot.is_writable().then_some(slot.write.as_ref()).flatten();
        requests.extend(writable.and_then(|address| self.writer(address)));
        requests.extend(self.readers(&slot.read));
        let mut losses: Vec<String> = slot.loss.iter().cloned().collect();
        if losses.is_empty() && writable.is_some() {
            losses.extend(slot.codec.loss().map(str::to_owned));
        }
        let mut write: Vec<String> = writable.iter().map(|address| self.place(address)).collect();
        write.extend(
            slot.with
                .iter()
                .filter(|_| writable.is_some())
                .map(|(address, value)| format!("{} = {value}, with it", self.place(address))),
        );
        let mut way = Way {
            leaf: leaf.to_owned(),
            entry: entry.to_owned(),
            origin: self.origins.get(entry).cloned(),
            read: slot.read.iter().map(|address| self.place(address)).collect(),
            write,
            conversions: slot.codec.in_words(),
            read_conversions: slot.read_codec.as_ref().map(crate::codec::Chain::in_words),
            table: slot.table.map(|table| self.table_way(table)),
            form: slot.form.map(|form| self.form_way(form)),
            clear: writable.map(|address| spelled(self.clear_of(slot).unwrap_or(self.record(address.record).clear))),
            read_only: slot.read_only.clone(),
            losses,
            source: slot.source.clone().or_else(|| self.source.clone()),
            unconfirmed: slot.unconfirmed.clone(),
            tested: (!slot.tested.is_empty()).then(|| slot.tested.join(", ")),
            notes: Vec::new(),
            requests,
            variables: Vec::new(),
            leaves: leaf.split(" + ").map(str::to_owned).collect(),
        };
        if let Some(computed) = &slot.computed {
            way.notes.extend(computed.read.as_ref().map(|read| format!("read as {}", read.text())));
            way.notes.extend(computed.write.as_ref().map(|write| format!("written as {}", write.text())));
        }
        for record in slot.read.iter().chain(&slot.write).map(|address| address.record) {
            if let Some(origin) = self.record_origin(record).filter(|origin| origin.overlay) {
                way.notes.push(format!("record `{}` comes from {}", self.record(record).name, origin.file));
            }
        }
        let paths = slot.read.iter().chain(&slot.write).chain(slot.with.iter().map(|(address, _)| address));
        let names: Vec<&Template> = paths.flat_map(|address| names(address)).collect();
        way.uses(&names);
        way.variables.extend(slot.reading().variables().map(str::to_owned));
        way.variables.extend(self.variables_of_requests(&way.requests));
        way
    }

    /// The variables that stand in the paths of requests.
    fn variables_of_requests(&self, requests: &[Carrier]) -> Vec<String> {
        let names = self.provider.variables.keys();
        names.filter(|name| requests.iter().any(|r| r.send.contains(&format!("{{{name}")))).cloned().collect()
    }

    /// A leaf that is set by requests of its own.
    pub(super) fn action_way(&self, action: &Action) -> Way {
        let mut way = self.way(&format!("fields.{}", action.leaf), &action.leaf, &action.slot);
        let mut requests = Vec::new();
        for set in &action.set {
            requests.extend(set.table.and_then(|table| self.look_up(table)));
            let when = (!set.is.is_empty()).then(|| format!("for {}", set.is.join(", ")));
            requests.push(Carrier::new(Does::Set, &action.leaf, &set.request, when));
            if way.table.is_none() {
                way.table = set.table.map(|table| self.table_way(table));
            }
        }
        requests.extend(action.unset.iter().map(|unset| Carrier::new(Does::Unset, &action.leaf, unset, None)));
        requests.append(&mut way.requests);
        way.requests = requests;
        way.write = vec!["by a request of its own".to_owned()];
        way.clear =
            Some(if action.unset.is_some() { "a request of its own".to_owned() } else { spelled(Clear::Never) });
        way
    }

    /// An open map.
    pub(super) fn map_way(&self, rest: &Rest) -> Way {
        let slot = Slot {
            read: rest.place.read().cloned().into_iter().collect(),
            write: rest.place.written().cloned(),
            codec: crate::codec::Chain::default(),
            read_codec: None,
            table: None,
            form: None,
            with: Vec::new(),
            clear: rest.clear,
            empty: Vec::new(),
            read_only: None,
            loss: rest.loss.clone(),
            many: false,
            source: rest.source.clone(),
            unconfirmed: rest.unconfirmed.clone(),
            tested: rest.tested.clone(),
            computed: None,
        };
        let mut way = self.way(&format!("rest.{}", rest.name), &rest.name, &slot);
        way.notes.push(match &rest.keys {
            Keys::All => "every key that no other entry owns".to_owned(),
            Keys::Pattern { text, .. } => format!("the keys that match `{text}` and that no other entry owns"),
            Keys::Table(table) => format!("the keys that table `{}` has", self.table(*table).name),
        });
        if let RestPlace::Entries { name, value, .. } = &rest.place {
            way.notes.push(format!("a list of pairs: `{name}` and `{value}`"));
        }
        if let Some(shown) = &rest.read_only {
            way.notes.push(format!("only shown, `{}`: {}", shown.text, shown.reason));
        }
        if rest.whole {
            way.notes.push("the record is read first, and all keys are sent".to_owned());
        }
        if let Keys::Table(table) = rest.keys {
            way.table = Some(self.table_way(table));
            way.requests.splice(0..0, self.look_up(table));
        }
        if let Some(form) = &rest.form {
            let types: Vec<&str> = form.forms.iter().map(|(name, _)| name.as_str()).collect();
            way.notes.push(format!("the `{}` of a key says its shape: {}", form.by, types.join(", ")));
            if !form.read_only.is_empty() {
                way.notes.push(format!("only shown: {}", form.read_only.join(", ")));
            }
        }
        way
    }
}

/// The names of a path, in which variables may stand.
fn names(address: &Address) -> Vec<&Template> {
    let segments = address.path.segments.iter();
    segments.filter_map(|segment| if let Segment::Key(name) = segment { Some(name) } else { None }).collect()
}

fn spelled(clear: Clear) -> String {
    match clear {
        Clear::Null => "null".to_owned(),
        Clear::Text => "an empty text".to_owned(),
        Clear::List => "an empty list".to_owned(),
        Clear::Remove => "a `remove` of JSON Patch".to_owned(),
        Clear::Never => "cannot be cleared".to_owned(),
    }
}

/// How parts are joined, in words.
pub(super) fn joined(join: &Join) -> String {
    match join {
        Join::Words => "with a blank between".to_owned(),
        Join::Lines => "a line each".to_owned(),
        Join::Separator(separator) => format!("with `{separator}` between"),
    }
}
