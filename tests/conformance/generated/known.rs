//! What the simulated account has, found out by reading: leads, ids of other records, names of tables, custom keys.

use std::collections::{BTreeMap, BTreeSet};

use mapwright_mapping::mapping::{Keys, Mapping, Rows, TableId};
use mapwright_mapping::model::{FieldKind, Scalar};
use serde_json::{Value, json};

use super::desk::Desk;
use super::draw::Draw;
use super::values;

/// A name that no account has: what is asked for it are the names that there are.
const NO_NAME: &str = "a name that nobody has given";

/// What the simulated account has.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Leads that can be changed.
    pub(crate) leads: Vec<String>,
    /// Ids of other records, by leaf.
    pub(crate) linked: BTreeMap<String, Vec<String>>,
    /// Names that a leaf takes.
    pub(crate) names: BTreeMap<String, Vec<String>>,
    /// Custom keys with values that were seen; none where no lead has one.
    pub(crate) custom: BTreeMap<String, Vec<Value>>,
}

impl Known {
    pub(crate) async fn of(desk: &Desk) -> Known {
        let mut known = Known::default();
        let state = desk.sandbox.state();
        let leads = &state["collections"][&desk.sandbox.demo().first_collection];
        let mut linked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut refused = Vec::new();
        for id in leads.as_object().into_iter().flatten().map(|(id, _)| id) {
            desk.reset();
            let lead = match desk.get(id).await {
                Ok(lead) => lead,
                Err(why) => {
                    refused.push(why);
                    continue;
                }
            };
            match sent_back(desk, id, &lead).await {
                Ok(()) => known.leads.push(id.clone()),
                Err(why) => refused.extend(why),
            }
            for (name, value) in lead.as_object().into_iter().flatten() {
                texts.entry(name.clone()).or_default().extend(value.as_str().map(str::to_owned));
            }
            known.note(&desk.mapping, &lead, &mut linked);
        }
        Known::beside(desk, &state["collections"], &mut linked);
        desk.reset();
        assert!(!known.leads.is_empty(), "no lead of {} can be changed: {refused:#?}", desk.mapping.provider.id);
        for (leaf, ids) in linked {
            for id in ids {
                desk.reset();
                // An id may be that of a record which is gone, or of one of another kind.
                if desk.patch(&known.leads[0], &nested(&leaf, &json!(id)), "").await.result.is_ok() {
                    known.linked.entry(leaf.clone()).or_default().push(id);
                }
            }
        }
        desk.reset();
        known.names(desk).await;
        known.choices(desk, &texts).await;
        known.custom_keys(desk).await;
        known.legal(desk).await;
        known
    }

    /// Leaves out the custom keys that the simulated provider refuses: what it says there is no request to look at.
    async fn legal(&mut self, desk: &Desk) {
        for rest in &desk.mapping.rests {
            let mut draw = Draw::new(&rest.name);
            for (key, seen) in std::mem::take(&mut self.custom) {
                desk.reset();
                let value = values::custom(&seen, &mut draw);
                let patch = json!({ &rest.name: { &key: value } });
                if desk.patch(&self.leads[0], &patch, "").await.result.is_ok() {
                    self.custom.insert(key, seen);
                }
            }
        }
        desk.reset();
    }

    /// The ids and the custom values that a lead has.
    fn note(&mut self, mapping: &Mapping, lead: &Value, linked: &mut BTreeMap<String, BTreeSet<String>>) {
        for field in &mapping.model.fields {
            match (&field.kind, &lead[&field.name]) {
                (FieldKind::Object(leaves), Value::Object(object)) => {
                    for leaf in leaves {
                        if let Some(Value::String(id)) = object.get(&leaf.name) {
                            linked.entry(format!("{}.{}", field.name, leaf.name)).or_default().insert(id.clone());
                        }
                    }
                }
                (FieldKind::OpenMap, Value::Object(object)) => {
                    for (key, value) in object {
                        let values = self.custom.entry(key.clone()).or_default();
                        if !value.is_null() && !values.contains(value) {
                            values.push(value.clone());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Ids of the simulated records whose collection has the name of a field: `contacts` for `contact.id`.
    fn beside(desk: &Desk, collections: &Value, linked: &mut BTreeMap<String, BTreeSet<String>>) {
        for field in desk.mapping.model.fields.iter().filter(|field| matches!(field.kind, FieldKind::Object(_))) {
            let named = collections.as_object().into_iter().flatten().filter(|(name, _)| name.contains(&field.name));
            let ids =
                named.flat_map(|(_, records)| records.as_object().into_iter().flatten().map(|(id, _)| id.clone()));
            linked.entry(format!("{}.id", field.name)).or_default().extend(ids.take(4));
        }
    }

    /// The names of every table that a leaf has.
    async fn names(&mut self, desk: &Desk) {
        let mapping = &desk.mapping;
        let fields = mapping.fields.iter().map(|field| (&field.leaf, &field.slot));
        let actions = mapping.actions.iter().map(|action| (&action.leaf, &action.slot));
        for (leaf, slot) in fields.chain(actions) {
            let Some(table) = slot.table else { continue };
            let patch = nested(leaf, &json!(NO_NAME));
            let rows = self.rows(desk, table, &patch).await;
            self.names.insert(leaf.clone(), rows.into_iter().map(|(unified, _)| unified).collect());
        }
        // An action that has requests of its own for some names takes those names as well.
        for action in &mapping.actions {
            let own = action.set.iter().flat_map(|request| request.is.iter().cloned());
            self.names.entry(action.leaf.clone()).or_default().extend(own);
        }
        self.names.retain(|_, names| !names.is_empty());
    }

    /// The values of a text that takes no others than some: those that the leads have.
    async fn choices(&mut self, desk: &Desk, texts: &BTreeMap<String, BTreeSet<String>>) {
        for field in desk.mapping.model.fields.iter().filter(|field| field.scalar() == Some(Scalar::Text)) {
            desk.reset();
            let patch = json!({ &field.name: NO_NAME });
            let seen = texts.get(&field.name).filter(|seen| !seen.is_empty());
            if let Some(seen) = seen
                && !self.names.contains_key(&field.name)
                && desk.patch(&self.leads[0], &patch, "").await.result.is_err()
            {
                self.names.insert(field.name.clone(), seen.iter().cloned().collect());
            }
        }
        desk.reset();
    }

    /// The custom keys of the tables that know them.
    async fn custom_keys(&mut self, desk: &Desk) {
        for rest in &desk.mapping.rests {
            let Keys::Table(table) = rest.keys else { continue };
            let patch = json!({ &rest.name: { NO_NAME: "x" } });
            for (unified, remote) in self.rows(desk, table, &patch).await {
                let key = if unified.is_empty() { remote } else { unified };
                self.custom.entry(key).or_default();
            }
        }
    }

    /// The rows of a table: unified name and remote value.
    async fn rows(&self, desk: &Desk, table: TableId, patch: &Value) -> Vec<(String, String)> {
        let table = desk.mapping.table(table);
        let rows = match &table.rows {
            Rows::Fetched(_) => {
                let answers = desk.table(&table.name, &self.leads[0], patch).await;
                table.rows_of(&answers, desk.account.bound())
            }
            Rows::Static(rows) => rows.to_vec(),
        };
        let remote = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        rows.into_iter().map(|row| (row.unified.clone(), remote(&row.remote))).collect()
    }
}

/// Whether a lead can be changed: some field of what was read can be sent back, and is. Otherwise every reason.
async fn sent_back(desk: &Desk, id: &str, lead: &Value) -> Result<(), Vec<String>> {
    let mut refused = Vec::new();
    for (name, value) in lead.as_object().into_iter().flatten() {
        desk.reset();
        let ran = desk.patch(id, &json!({ name: value }), "").await;
        match ran.result {
            Ok(_) if ran.writes => return Ok(()),
            Ok(_) => {}
            Err(why) => refused.push(why),
        }
    }
    Err(refused)
}

/// A patch of one dotted leaf.
pub(crate) fn nested(leaf: &str, value: &Value) -> Value {
    match leaf.split_once('.') {
        Some((object, inner)) => json!({ object: { inner: value } }),
        None => json!({ leaf: value }),
    }
}
