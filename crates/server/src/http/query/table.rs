//! Which query parameters there are. The parser, the answer about a method and the description for machines are made from this.

use serde_json::{Value, json};

/// What a request does with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// It reads one.
    Get,
    /// It patches one.
    Patch,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A UUID with its hyphens.
    Uuid,
    /// True or false.
    Boolean,
    /// One of these texts; the first is what holds without the parameter.
    Choice(&'static [&'static str]),
    /// A list of the resource's fields.
    Fields,
    /// Parameters of the provider's own.
    Open,
}

/// One query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it has to be there.
    pub required: bool,
    /// Whether only a patch has it.
    pub patch_only: bool,
    /// What it does.
    pub description: &'static str,
}

/// The account that the request is for.
pub(super) const ACCOUNT: &str = "integrated_account_id";
/// The form of the answer.
pub(super) const FORMAT: &str = "truto_response_format";
/// Whether the provider's own record is left out.
pub(super) const IGNORE_REMOTE: &str = "truto_ignore_remote_data";
/// Which fields are left out.
pub(super) const EXCLUDE: &str = "truto_exclude_fields";
/// Parameters for the provider.
pub(super) const REMOTE_QUERY: &str = "remote_query";
/// Whether only a clean write will do.
pub(super) const STRICT: &str = "mapwright_strict";
/// Whether only the plan is wanted.
pub(super) const DRY_RUN: &str = "mapwright_dry_run";
/// Whether the answer says what became of each leaf.
pub(super) const OUTCOME: &str = "mapwright_outcome";
/// What a list does with what is there.
pub(super) const LISTS: &str = "mapwright_lists";

/// All of them, in the order in which they are shown.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: ACCOUNT,
        kind: Kind::Uuid,
        required: true,
        patch_only: false,
        description: "The integrated account that the request is for.",
    },
    Parameter {
        name: FORMAT,
        kind: Kind::Choice(&["unified", "raw", "normalized", "stream"]),
        required: false,
        patch_only: false,
        description: "The form of the answer. `unified`: the unified resource. `normalized`: the same with every property \
                      of the schema, null where there is nothing, dates in UTC, without the provider's record. `raw`: the \
                      provider's last answer about the main record, byte for byte. `stream`: the same, piped through.",
    },
    Parameter {
        name: IGNORE_REMOTE,
        kind: Kind::Boolean,
        required: false,
        patch_only: false,
        description: "Leaves the provider's own record out of the answer.",
    },
    Parameter {
        name: EXCLUDE,
        kind: Kind::Fields,
        required: false,
        patch_only: false,
        description: "Fields to leave out of the answer: repeated, with brackets, or joined by commas.",
    },
    Parameter {
        name: REMOTE_QUERY,
        kind: Kind::Open,
        required: false,
        patch_only: false,
        description: "Query parameters for the provider's write of the main record, or its read in a GET, as they are; \
                      they win over those of the mapping. Objects go on with brackets (`remote_query[a][b]=c` as `a[b]=c`), lists joined by \
                      commas.",
    },
    Parameter {
        name: STRICT,
        kind: Kind::Boolean,
        required: false,
        patch_only: true,
        description: "Refuses the patch before anything is written, unless every leaf is written as it is.",
    },
    Parameter {
        name: DRY_RUN,
        kind: Kind::Choice(&["false", "true", "reads"]),
        required: false,
        patch_only: true,
        description: "`true`: answers with the plan and sends nothing. `reads`: sends what only reads, so that the plan has \
                      no holes.",
    },
    Parameter {
        name: OUTCOME,
        kind: Kind::Boolean,
        required: false,
        patch_only: true,
        description: "Adds `field_outcomes`: what became of each leaf of the patch.",
    },
    Parameter {
        name: LISTS,
        kind: Kind::Choice(&["replace", "merge"]),
        required: false,
        patch_only: true,
        description: "What a list does with items that it does not name: `replace` empties their slots, `merge` keeps them.",
    },
];

impl Parameter {
    /// The parameters of an operation.
    pub fn of(operation: Operation) -> impl Iterator<Item = &'static Parameter> {
        PARAMETERS.iter().filter(move |parameter| parameter.fits(operation))
    }

    /// Whether an operation has it.
    pub fn fits(&self, operation: Operation) -> bool {
        operation == Operation::Patch || !self.patch_only
    }

    /// The JSON Schema of its value; `fields` are the names of the resource's fields. An empty value is as if the
    /// parameter were not there.
    pub fn schema(&self, fields: &[&str]) -> Value {
        let or_empty =
            |names: &[&'static str]| -> Value { names.iter().chain(&[""]).map(|name| json!(name)).collect() };
        match self.kind {
            Kind::Uuid => json!({ "type": "string", "format": "uuid" }),
            Kind::Boolean => json!({ "anyOf": [{ "type": "boolean" }, { "const": "" }], "default": false }),
            Kind::Choice(choices) => {
                json!({ "type": "string", "enum": or_empty(choices), "default": choices.first() })
            }
            Kind::Fields => {
                let names: Vec<&str> = fields.iter().copied().chain([""]).collect();
                json!({ "type": "array", "items": { "type": "string", "enum": names } })
            }
            Kind::Open => json!({ "type": "object", "additionalProperties": true }),
        }
    }
}
