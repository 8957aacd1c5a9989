//! What is expected of a provider, as `matrix/<provider>.toml` has it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::bench::root;

/// What is expected of a provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sheet {
    /// Where the lead's record stands among the provider's records, as a pointer; pointers of `record` lie below it, and
    /// those that begin with `@` below all records.
    pub(crate) record: String,
    /// Places that the provider stamps with every write, as pointers below all records; `*` is any member.
    pub(crate) stamps: Vec<String>,
    /// Places of the answer that show such stamps, besides `updated_at`.
    #[serde(default)]
    pub(crate) shown_stamps: Vec<String>,
    /// By field.
    pub(crate) fields: BTreeMap<String, FieldSheet>,
}

/// What is expected of a field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldSheet {
    /// Why the field is not in the patch of all fields.
    pub(crate) alone: Option<String>,
    /// Why the answer shows something still when the field is cleared.
    pub(crate) remains: Option<String>,
    /// A patch that is run before the steps, as JSON.
    pub(crate) first: Option<String>,
    /// One after the other, on the same lead.
    pub(crate) steps: Vec<Step>,
    /// Names that the field takes, and what the record holds for each, as JSON.
    pub(crate) names: Option<Names>,
}

/// One patch of one field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) does: Does,
    /// What the patch says of the field, as JSON.
    pub(crate) patch: String,
    /// What the patch says besides, by field, as JSON.
    pub(crate) with: Option<String>,
    /// What the record holds then, by pointer, as JSON; all else stays.
    #[serde(default)]
    pub(crate) record: Option<String>,
    /// What the answer shows then, by field, as JSON; all else stays. Without it: what the patch says.
    pub(crate) shows: Option<String>,
    /// What the answer shows besides, by pointer, as JSON: values that follow from those of the patch.
    pub(crate) follows: Option<String>,
    /// What becomes of each leaf. Without it: each is written.
    pub(crate) outcomes: Option<Vec<String>>,
    /// Why the patch is refused, whole.
    pub(crate) refused: Option<Vec<String>>,
    /// Whether lists are merged.
    #[serde(default)]
    pub(crate) merge: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Does {
    /// The field has no value, and gets one.
    Set,
    /// The field has a value, and gets another one.
    Change,
    /// The field has a value, and loses it.
    Clear,
    /// Something else that is to be shown.
    Also,
}

/// Names that a field takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    /// Where the record holds what stands for the name.
    pub(crate) at: String,
    /// By name, as JSON.
    pub(crate) kept: BTreeMap<String, String>,
}

impl Sheet {
    pub(crate) fn read(provider: &str) -> Sheet {
        let path = root().join("tests/matrix").join(format!("{provider}.toml"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Where a pointer of `record` stands among all records.
    pub(crate) fn place(&self, pointer: &str) -> String {
        match pointer.strip_prefix('@') {
            Some(rest) => rest.to_owned(),
            None => format!("{}{pointer}", self.record),
        }
    }
}

impl FieldSheet {
    /// Whether a step of that kind is refused, or says that the field is only read.
    pub(crate) fn is_fixed(&self, does: Does) -> bool {
        self.steps.iter().filter(|step| step.does == does).all(|step| step.refused.is_some() || step.is_not_written())
    }
}

impl Step {
    pub(crate) fn patch(&self) -> Value {
        json(&self.patch)
    }

    /// What the record holds, by pointer.
    pub(crate) fn record(&self) -> Map<String, Value> {
        self.record.as_deref().map(object).unwrap_or_default()
    }

    /// Whether nothing of it is written, without a refusal.
    pub(crate) fn is_not_written(&self) -> bool {
        self.refused.is_none() && self.record().is_empty()
    }
}

/// A JSON object that a file has in a text.
pub(crate) fn object(text: &str) -> Map<String, Value> {
    json(text).as_object().cloned().unwrap_or_else(|| panic!("this is an object: {text}"))
}

/// JSON that a file has in a text.
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
