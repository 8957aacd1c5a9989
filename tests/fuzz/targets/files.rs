//! The files of a provider's directory and the unified schema.

use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::source::SourceFile;

use super::desk::{Desk, desk, models};
use super::settled::{findings, usable};
use super::{PROVIDERS, chosen, rest};

/// A `provider.toml` beside the shipped files.
pub(super) fn provider(bytes: &[u8]) {
    with(bytes, "provider.toml");
}

/// A mapping beside the shipped files.
pub(super) fn leads(bytes: &[u8]) {
    with(bytes, "leads.toml");
}

/// A `payload.json` beside the shipped files.
pub(super) fn payload(bytes: &[u8]) {
    with(bytes, "payload.json");
}

fn with(bytes: &[u8], file: &str) {
    let desk = chosen_desk(bytes);
    let mut files = desk.files().clone();
    files.insert(format!("{}/{file}", desk.id), rest(bytes, 1).to_vec());
    let loaded = Catalog::load(models(), &files);
    findings(&loaded.diagnostics);
    for mapping in loaded.catalog.mappings() {
        usable(desk, mapping);
    }
}

/// An overlay of an account.
pub(super) fn overlay(bytes: &[u8]) {
    let desk = chosen_desk(bytes);
    let file = match SourceFile::new("overlay.toml", rest(bytes, 1)) {
        Ok(file) => file,
        Err(found) => return findings(&[*found]),
    };
    match desk.catalog().overlaid(desk.id, "crm/leads", &file) {
        Ok(mapping) => usable(desk, &mapping),
        Err(found) => {
            assert!(!found.is_empty(), "it is refused without a word");
            findings(&found);
        }
    }
}

/// A unified schema.
pub(super) fn model(bytes: &[u8]) {
    let models = FileSet::from([("crm/leads.json".to_owned(), bytes.to_vec())]);
    let loaded = Catalog::load(&models, &FileSet::new());
    findings(&loaded.diagnostics);
    for model in loaded.catalog.models() {
        let _ = model.leaf_names();
        let _ = mapwright_server::http::query::Query::parse(
            "truto_exclude_fields=id",
            mapwright_server::http::query::Operation::Get,
            model,
        );
    }
}

fn chosen_desk(bytes: &[u8]) -> &'static Desk {
    desk(chosen(bytes, 0, PROVIDERS.len()))
}
