//! The vendors' descriptions beside the checkout, and which provider has which.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::columns::Columns;
use crate::document;
use crate::graphql::GraphQl;
use crate::openapi::OpenApi;
use crate::relaxations::Relaxation;
use crate::sent::Sent;
use crate::verdict::Verdict;

/// The files of one provider, as `descriptions.toml` has them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Files {
    openapi: Vec<String>,
    graphql: Option<String>,
    address: Option<String>,
    columns: Option<String>,
    schema: Option<String>,
    /// Where the description shows a record, by the entry of `payload.json`.
    pub(crate) records: BTreeMap<String, Shown>,
}

/// Where a description shows a record.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Shown {
    pub(crate) request: Option<String>,
    pub(crate) answer: Option<String>,
    pub(crate) at: Vec<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) define: Option<String>,
    pub(crate) silent: Option<String>,
}

/// A vendor's description.
pub(crate) enum Description {
    OpenApi(OpenApi),
    GraphQl(GraphQl),
    Columns(Columns),
}

/// Every provider's files.
pub(crate) fn all() -> BTreeMap<String, Files> {
    toml::from_str(include_str!("descriptions.toml")).expect("descriptions.toml is as it should be")
}

/// The checkout.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of the descriptions; none where it is not there, which the test then says. With
/// `MAPWRIGHT_SPECS=required` it has to be there.
#[allow(clippy::disallowed_methods, reason = "whether a skip is an error is said by an environment variable")]
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = project().join("../shared/specs");
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var("MAPWRIGHT_SPECS").is_ok_and(|value| value == "required");
    assert!(!required, "the vendors' descriptions are required, and `shared/specs` is not beside the checkout");
    println!("skipped: the vendors' descriptions (`shared/specs`) are not beside the checkout");
    None
}

/// The one provider that is asked for while working on it: `CONFORMANCE_ONLY=hubspot`.
#[allow(clippy::disallowed_methods, reason = "asked for by an environment variable")]
pub(crate) fn only() -> Option<String> {
    std::env::var("CONFORMANCE_ONLY").ok()
}

impl Description {
    /// Reads a provider's description, relaxed where the facts sheet says so.
    pub(crate) fn open(folder: &Path, files: &Files, relaxations: &[&Relaxation]) -> Description {
        let read = |name: &String| document::read(&folder.join(name));
        let relaxed = |mut document: Value| {
            for relaxation in relaxations {
                relaxation.apply(&mut document);
            }
            document
        };
        if let Some(name) = &files.graphql {
            let path = folder.join(name);
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let address = files.address.as_deref().expect("a GraphQL API has one address");
            return Description::GraphQl(GraphQl::new(&text, address));
        }
        if let (Some(columns), Some(schema)) = (&files.columns, &files.schema) {
            let schema = relaxed(read(schema));
            return Description::Columns(Columns::new(&read(columns), schema, "UpdateLead", "Lead"));
        }
        let documents = files.openapi.iter().map(read).collect();
        Description::OpenApi(OpenApi::new(relaxed(document::join(documents))))
    }

    /// What it says of a request.
    pub(crate) fn judge(&self, sent: &Sent) -> Verdict {
        match self {
            Description::OpenApi(description) => description.judge(sent),
            Description::GraphQl(description) => description.judge(sent),
            Description::Columns(description) => description.judge(sent),
        }
    }
}
