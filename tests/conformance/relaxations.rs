//! Where a description is wrong or too narrow: changes to it, each with the words of the facts sheet.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Everything in `relaxations.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relaxations {
    #[serde(rename = "relaxation")]
    pub(crate) relaxations: Vec<Relaxation>,
    /// Addresses that the description does not mean, though one of its patterns takes them.
    pub(crate) elsewhere: Vec<Elsewhere>,
}

/// A change to a description.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relaxation {
    pub(crate) provider: String,
    /// The members that lead to the places; `*` is each of them.
    pub(crate) at: Vec<String>,
    /// What stands there from now on, beside what is there.
    #[serde(default)]
    pub(crate) change: Map<String, Value>,
    /// What does not stand there any more.
    #[serde(default)]
    pub(crate) drop: Vec<String>,
    /// What the provider's facts sheet says, word for word.
    pub(crate) words: String,
}

/// An address that the description does not mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Elsewhere {
    pub(crate) provider: String,
    /// What the address holds.
    pub(crate) holds: String,
    pub(crate) words: String,
}

impl Relaxations {
    pub(crate) fn read() -> Relaxations {
        toml::from_str(include_str!("relaxations.toml")).expect("relaxations.toml is as it should be")
    }

    /// Those of one provider.
    pub(crate) fn of(&self, provider: &str) -> Vec<&Relaxation> {
        self.relaxations.iter().filter(|relaxation| relaxation.provider == provider).collect()
    }

    /// Whether the description does not mean an address.
    pub(crate) fn is_elsewhere(&self, provider: &str, address: &str) -> bool {
        self.elsewhere.iter().any(|other| other.provider == provider && address.contains(&other.holds))
    }

    /// Every provider with words that its sheet has to have.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        let relaxed = self.relaxations.iter().map(|one| (one.provider.as_str(), one.words.as_str()));
        relaxed.chain(self.elsewhere.iter().map(|one| (one.provider.as_str(), one.words.as_str())))
    }
}

impl Relaxation {
    /// Makes the change.
    pub(crate) fn apply(&self, document: &mut Value) {
        let changed = self.changed(document, &self.at);
        assert!(changed > 0, "{}: nothing stands at {:?}", self.provider, self.at);
    }

    fn changed(&self, node: &mut Value, at: &[String]) -> usize {
        let Some((step, rest)) = at.split_first() else {
            let Value::Object(object) = node else { return 0 };
            self.drop.iter().for_each(|name| drop(object.shift_remove(name)));
            for (name, value) in &self.change {
                object.insert(name.clone(), value.clone());
            }
            return 1;
        };
        match node {
            Value::Object(object) if step == "*" => object.values_mut().map(|inner| self.changed(inner, rest)).sum(),
            Value::Object(object) => object.get_mut(step).map_or(0, |inner| self.changed(inner, rest)),
            Value::Array(items) if step == "*" => items.iter_mut().map(|inner| self.changed(inner, rest)).sum(),
            _ => 0,
        }
    }
}

/// A provider's facts sheet without its line breaks; none where the sheets are not beside the checkout.
pub(crate) fn sheet(folder: &Path, provider: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder.join("../providers").join(format!("{provider}.md"))).ok()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
