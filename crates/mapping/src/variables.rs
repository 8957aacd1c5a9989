//! What an account has to say besides its credentials: declared by the provider, checked before anything is sent.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use crate::path::text_of;
use crate::template::Template;

/// The longest value of a variable, in bytes.
const LONGEST: usize = 512;

/// How much of a wrong value a message shows, in characters.
const SHOWN: usize = 80;

/// A declared variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Whether an account without it is refused.
    pub required: bool,
    /// The value of an account that says nothing.
    pub default: Option<Value>,
    /// What the value may be.
    pub legal: Legal,
    /// Whether a pasted address is cut down to its host first.
    pub host: bool,
    /// Where a person finds the value.
    pub find: Option<String>,
}

/// What the value of a variable may be.
#[derive(Clone, Debug)]
pub enum Legal {
    /// Any text without control characters.
    Any,
    /// A text that the pattern matches whole; the pattern is anchored.
    Pattern {
        /// The pattern as it is written.
        text: String,
        /// The anchored pattern.
        regex: Regex,
    },
    /// One of these, or, for a default that is a list, a list of these.
    Values(Vec<String>),
    /// A name that stands for one value a column.
    Rows {
        /// The names of the values.
        columns: Vec<String>,
        /// The values by name.
        rows: BTreeMap<String, Vec<String>>,
    },
}

/// An account's values, checked against the declarations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    values: BTreeMap<String, Value>,
}

/// Why an account's value is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("variable `{name}`: {message}")]
pub struct VariableError {
    /// The variable.
    pub name: String,
    /// What is wrong, what is legal and where the value is found.
    pub message: String,
}

impl Variable {
    /// Checks one value and gives what the mapping may use: the value itself, or one value a column.
    fn bind(&self, raw: &Value) -> Result<Vec<(String, Value)>, VariableError> {
        let given =
            if self.host { raw.as_str().map_or_else(|| raw.clone(), |text| host_of(text).into()) } else { raw.clone() };
        let texts: Vec<&Value> = match &given {
            Value::Array(items) if matches!(self.default, Some(Value::Array(_))) => items.iter().collect(),
            other => vec![other],
        };
        for value in texts {
            let Some(text) = text_of(Some(value)) else {
                return Err(self.error(&format!("{} is not a text", shown(raw))));
            };
            if text.len() > LONGEST || text.chars().any(char::is_control) {
                let wrong = format!("{} is longer than {LONGEST} bytes or holds control characters", shown(raw));
                return Err(self.error(&wrong));
            }
            match &self.legal {
                Legal::Any => {}
                Legal::Pattern { regex, .. } if regex.is_match(&text) => {}
                Legal::Values(values) if values.iter().any(|v| *v == *text) => {}
                Legal::Rows { columns, rows } => {
                    let Some(row) = rows.get(text.as_ref()) else {
                        return Err(self.error(&format!("{} is not legal", shown(raw))));
                    };
                    let mut bound = vec![(self.name.clone(), Value::String(text.into_owned()))];
                    bound.extend(
                        columns
                            .iter()
                            .zip(row)
                            .map(|(column, v)| (format!("{}.{column}", self.name), Value::String(v.clone()))),
                    );
                    return Ok(bound);
                }
                Legal::Pattern { .. } | Legal::Values(_) => {
                    return Err(self.error(&format!("{} is not legal", shown(raw))));
                }
            }
        }
        Ok(vec![(self.name.clone(), given)])
    }

    /// What is legal, in words.
    pub fn legal_in_words(&self) -> String {
        match &self.legal {
            Legal::Any => "any text".to_owned(),
            Legal::Pattern { text, .. } => format!("a text that matches `{text}`"),
            Legal::Values(values) => format!("one of {}", values.join(", ")),
            Legal::Rows { rows, .. } => format!("one of {}", rows.keys().cloned().collect::<Vec<_>>().join(", ")),
        }
    }

    fn error(&self, what: &str) -> VariableError {
        let find = self.find.as_ref().map(|find| format!("; found at: {find}")).unwrap_or_default();
        let legal = self.legal_in_words();
        VariableError { name: self.name.clone(), message: format!("{what}; it has to be {legal}{find}") }
    }
}

/// A value as messages show it: as JSON, and not all of a long one.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

impl Bound {
    /// Checks an account's values against the declarations: every error at once.
    pub fn new(
        declared: &BTreeMap<String, Variable>,
        given: &BTreeMap<String, Value>,
    ) -> Result<Bound, Vec<VariableError>> {
        let mut errors = Vec::new();
        let mut values = BTreeMap::new();
        for name in given.keys().filter(|name| !declared.contains_key(*name)) {
            let known = crate::diagnostic::suggest::did_you_mean(name, declared.keys().map(String::as_str));
            errors.push(VariableError {
                name: name.clone(),
                message: format!("is not a variable of this provider; {known}"),
            });
        }
        for variable in declared.values() {
            match given.get(&variable.name).or(variable.default.as_ref()) {
                Some(value) => match variable.bind(value) {
                    Ok(bound) => values.extend(bound),
                    Err(error) => errors.push(error),
                },
                None if variable.required => errors.push(variable.error("is missing")),
                None => {}
            }
        }
        if errors.is_empty() { Ok(Bound { values }) } else { Err(errors) }
    }

    /// The value of a variable, or of `variable.column`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// A name with its variables put in; a variable that the account leaves open stays visible in braces.
    pub fn name<'t>(&self, template: &'t Template) -> Cow<'t, str> {
        match template.literal() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(
                template
                    .render(|name| {
                        Ok::<_, std::convert::Infallible>(
                            text_of(self.get(name)).map_or_else(|| format!("{{{name}}}"), Cow::into_owned),
                        )
                    })
                    .unwrap_or_else(|never| match never {}),
            ),
        }
    }
}

/// The host in a pasted address: scheme, the port of HTTPS, path, query and upper case are taken off. A user or another
/// port stays, so that no pattern of a host fits.
fn host_of(text: &str) -> String {
    let text = text.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split(['/', '?', '#']).next().unwrap_or_default();
    text.strip_suffix(":443").unwrap_or(text).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn declared() -> BTreeMap<String, Variable> {
        let variable = |name: &str, legal| Variable {
            name: name.into(),
            required: true,
            default: None,
            legal,
            host: false,
            find: None,
        };
        let pattern = |text: &str| Legal::Pattern {
            text: text.into(),
            regex: Regex::new(&format!("^(?:{text})$")).expect("a pattern"),
        };
        [
            Variable {
                host: true,
                find: Some("the address bar".into()),
                ..variable("host", pattern("[a-z]+\\.example\\.com"))
            },
            variable(
                "zone",
                Legal::Rows { columns: vec!["api".into()], rows: [("eu".into(), vec!["api.eu".into()])].into() },
            ),
            Variable {
                default: Some(json!(["a", "b"])),
                ..variable("flags", Legal::Values(vec!["a".into(), "b".into()]))
            },
        ]
        .into_iter()
        .map(|v| (v.name.clone(), v))
        .collect()
    }

    #[test]
    fn good_values_are_bound_and_columns_are_reachable() {
        let given =
            [("host".to_owned(), json!("https://Shop.Example.com:443/x")), ("zone".to_owned(), json!("eu"))].into();
        let bound = Bound::new(&declared(), &given).expect("bound");
        assert_eq!(bound.get("host"), Some(&json!("shop.example.com")));
        assert_eq!(bound.get("zone.api"), Some(&json!("api.eu")));
        assert_eq!(bound.get("flags"), Some(&json!(["a", "b"])));
    }

    #[test]
    fn every_error_comes_at_once_and_names_what_is_legal() {
        let given = [
            ("host".to_owned(), json!("evil.test")),
            ("zoen".to_owned(), json!("eu")),
            ("flags".to_owned(), json!(["c"])),
        ]
        .into();
        let errors: Vec<String> =
            Bound::new(&declared(), &given).expect_err("errors").iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "variable `zoen`: is not a variable of this provider; did you mean `zone`?",
                "variable `flags`: [\"c\"] is not legal; it has to be one of a, b",
                "variable `host`: \"evil.test\" is not legal; it has to be a text that matches `[a-z]+\\.example\\.com`; found at: the address bar",
                "variable `zone`: is missing; it has to be one of eu",
            ]
        );
    }
}
