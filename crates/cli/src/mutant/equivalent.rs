//! Mutants that nothing can notice, since they do the same: listed by hand beside the mapping, each with the reason.

use std::collections::BTreeMap;

use mapwright_mapping::diagnostic::{Code, Diagnostic};
use mapwright_mapping::document::{Document, pointer};
use mapwright_mapping::source::{Place, SourceFile};
use serde_json::Value;

/// The file, inside the provider's directory.
pub(crate) const FILE: &str = "mutants.toml";

/// The equivalent mutants of a provider: name and reason.
#[derive(Clone, Debug, Default)]
pub struct Equivalent {
    listed: BTreeMap<String, (String, Option<Place>)>,
}

/// What is wrong with the list.
#[derive(Clone, Debug)]
pub struct EquivalentError(pub Vec<Diagnostic>);

impl Equivalent {
    /// Reads the list. It has one table, `[equivalent]`: the mutant's name with the reason why it does the same.
    ///
    /// # Errors
    /// The file is no TOML, has another key, or an entry is no text or empty.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Equivalent, EquivalentError> {
        let file = SourceFile::new(name, bytes).map_err(|found| EquivalentError(vec![*found]))?;
        let document = Document::parse(file).map_err(EquivalentError)?;
        let mut wrong = Vec::new();
        let mut listed = BTreeMap::new();
        for (section, entries) in document.value().as_object().into_iter().flatten() {
            let at = pointer("", section);
            let Some(entries) = entries.as_object().filter(|_| section == "equivalent") else {
                let message = format!("`{section}` is not known here; the file has the table `equivalent`");
                wrong.push(Diagnostic::error(Code::UnknownKey, document.key(&at), message));
                continue;
            };
            for (mutant, reason) in entries {
                let at = pointer(&at, mutant);
                match reason {
                    Value::String(reason) if !reason.trim().is_empty() => {
                        listed.insert(mutant.clone(), (reason.clone(), Some(document.key(&at))));
                    }
                    _ => {
                        let message = "an equivalent mutant has its reason, as text";
                        wrong.push(Diagnostic::error(Code::WrongType, document.place(&at), message));
                    }
                }
            }
        }
        if wrong.is_empty() { Ok(Equivalent { listed }) } else { Err(EquivalentError(wrong)) }
    }

    /// The reason why a mutant is equivalent, where it is listed.
    pub fn reason(&self, mutant: &str) -> Option<&str> {
        self.listed.get(mutant).map(|(reason, _)| reason.as_str())
    }

    /// What is listed and is not true: entries whose mutant is not there, or is noticed. `survives` says no to both.
    pub fn untrue(&self, survives: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let untrue = self.listed.iter().filter(|(mutant, _)| !survives(mutant));
        let found = untrue.filter_map(|(mutant, (_, place))| {
            let message = format!("no mutant `{mutant}` survives: it is noticed, or is no longer made");
            Some(Diagnostic::error(Code::BadValue, place.clone()?, message).with_help("take it off the list"))
        });
        found.collect()
    }
}
