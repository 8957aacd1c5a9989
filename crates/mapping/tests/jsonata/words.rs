//! The words of a record: its paths, by what lies at their ends.

use serde_json::Value;

/// The most paths of a kind.
const MOST: usize = 60;

/// Paths as expressions write them.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) texts: Vec<String>,
    pub(crate) numbers: Vec<String>,
    pub(crate) flags: Vec<String>,
    pub(crate) nulls: Vec<String>,
    pub(crate) objects: Vec<String>,
    /// Lists of plain values.
    pub(crate) lists: Vec<String>,
    /// Lists of objects, with the names in their items.
    pub(crate) tables: Vec<(String, Vec<String>)>,
    /// Texts that stand in the record.
    pub(crate) said: Vec<String>,
}

impl Words {
    /// The words of a record.
    pub(crate) fn of(record: &Value) -> Words {
        let mut words = Words::default();
        words.walk("", record);
        words
    }

    fn walk(&mut self, path: &str, value: &Value) {
        let kind = match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let name = step(name);
                    let below = if path.is_empty() { name } else { format!("{path}.{name}") };
                    self.walk(&below, member);
                }
                &mut self.objects
            }
            Value::Array(items) => {
                let Some(Value::Object(first)) = items.first() else {
                    return push(&mut self.lists, path);
                };
                if self.tables.len() < MOST {
                    self.tables.push((path.to_owned(), first.keys().map(|name| step(name)).collect()));
                }
                return items.iter().take(1).for_each(|item| self.walk(path, item));
            }
            Value::String(text) => {
                if self.said.len() < MOST {
                    self.said.push(text.clone());
                }
                &mut self.texts
            }
            Value::Number(_) => &mut self.numbers,
            Value::Bool(_) => &mut self.flags,
            Value::Null => &mut self.nulls,
        };
        push(kind, path);
    }
}

fn push(kind: &mut Vec<String>, path: &str) {
    if kind.len() < MOST && !path.is_empty() {
        kind.push(path.to_owned());
    }
}

/// A name as a step of a path.
fn step(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !["and", "or", "in", "null", "true", "false", "function"].contains(&name);
    if plain { name.to_owned() } else { format!("`{name}`") }
}
