//! Which fields and providers are shown.

use mapwright_mapping::coverage::{Covers, Report};
use mapwright_mapping::diagnostic::suggest::did_you_mean;
use mapwright_mapping::model::{FieldKind, Model};

/// A field, or a leaf of an object or of a list's items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its dotted name: `one`, `one.two`, `many[].two`.
    pub(crate) name: String,
    /// The name of the leaf, if it is one.
    pub(crate) leaf: Option<String>,
}

/// Which fields and providers are shown; nothing means all.
pub(crate) struct Choice {
    fields: Vec<Row>,
    providers: Vec<String>,
}

impl Choice {
    /// Checks the names of fields against the model; an unknown one is an error in words.
    pub(crate) fn new(fields: &[String], providers: &[String], model: &Model) -> Result<Choice, String> {
        let all = rows(model);
        let plain = |name: &str| name.replace("[]", "");
        let fields: Result<Vec<Row>, String> = fields
            .iter()
            .map(|name| {
                all.iter().find(|row| plain(&row.name) == plain(name)).cloned().ok_or_else(|| {
                    let known = did_you_mean(name, all.iter().map(|row| row.name.as_str()));
                    format!("`{}` has no field `{name}`; {known}", model.resource)
                })
            })
            .collect();
        Ok(Choice { fields: fields?, providers: providers.to_owned() })
    }

    /// Whether fields or providers are named.
    pub(crate) fn is_narrow(&self) -> bool {
        !self.fields.is_empty() || !self.providers.is_empty()
    }

    /// Whether a provider is shown.
    pub(crate) fn has_provider(&self, id: &str) -> bool {
        self.providers.is_empty() || self.providers.iter().any(|known| known == id)
    }

    /// Whether a field, or a leaf of it, is shown.
    pub(crate) fn has_field(&self, name: &str) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|row| row.field() == name)
    }

    /// The fields and leaves that are shown, in the model's order.
    pub(crate) fn rows(&self, model: &Model) -> Vec<Row> {
        let chosen = |row: &Row| {
            self.fields.is_empty()
                || self.fields.iter().any(|known| known == row || (known.leaf.is_none() && known.name == row.field()))
        };
        rows(model).into_iter().filter(chosen).collect()
    }

    /// Takes out of a report what is not shown.
    pub(crate) fn prune(&self, report: &mut Report) {
        report.providers.retain(|id, _| self.has_provider(id));
        if self.fields.is_empty() {
            return;
        }
        for coverage in report.providers.values_mut() {
            self.prune_fields(&mut coverage.request);
            self.prune_fields(&mut coverage.response);
        }
    }

    fn prune_fields(&self, covers: &mut Covers) {
        covers.0.retain(|(name, _)| self.has_field(name));
        for (name, cover) in &mut covers.0 {
            let chosen: Vec<&Row> = self.fields.iter().filter(|row| row.field() == name).collect();
            if chosen.iter().all(|row| row.leaf.is_some()) {
                let is_chosen = |leaf: &str| chosen.iter().any(|row| row.leaf.as_deref() == Some(leaf));
                cover.fields.0.retain(|(leaf, _)| is_chosen(leaf));
            }
        }
    }
}

impl Row {
    /// The field that it is, or is a leaf of.
    pub(crate) fn field(&self) -> &str {
        let field = self.name.split_once('.').map_or(self.name.as_str(), |(field, _)| field);
        field.trim_end_matches("[]")
    }
}

/// Every field of a model, each with its leaves after it.
fn rows(model: &Model) -> Vec<Row> {
    let mut rows = Vec::new();
    for field in &model.fields {
        rows.push(Row { name: field.name.clone(), leaf: None });
        let (leaves, between) = match &field.kind {
            FieldKind::Object(leaves) => (leaves, "."),
            FieldKind::List { leaves, .. } => (leaves, "[]."),
            FieldKind::Scalar(_) | FieldKind::OpenMap | FieldKind::Raw => continue,
        };
        let named = leaves
            .iter()
            .map(|leaf| Row { name: format!("{}{between}{}", field.name, leaf.name), leaf: Some(leaf.name.clone()) });
        rows.extend(named);
    }
    rows
}
