//! Calls with named arguments inside a text: `name(first: "a", second: $b)`.
//!
//! A route with `calls` reads them from a text in the body, and its body is from then on the object of the calls by
//! name, each an object of its arguments. An argument is a literal (text, number, `true`, `null`, a bare word, list,
//! object) or `$name`, which stands for a value of the object of variables, or else for the default that the text
//! declares (`$name: Type = 5`). An argument whose variable has no value is left out. Nothing else in the text is
//! understood: it is no query engine.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::pointer::Pointer;

/// How deep lists and objects may stand in each other.
const DEEPEST: usize = 40;

/// The calls that a route reads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Calls {
    /// Where in the body the text stands.
    at: Pointer,
    /// The names; of several calls of one name the first counts.
    names: Vec<String>,
    /// Where in the body the object of variables stands.
    variables: Pointer,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A bare word.
    Word(String),
    Variable(String),
    Text(String),
    Number(Number),
    Mark(char),
}

impl Calls {
    /// The calls of a body; `None` where the text or the variables have another shape.
    pub(crate) fn read(&self, body: &Value) -> Option<Value> {
        let tokens = tokens(self.at.text_in(body)?)?;
        let none = Map::new();
        let variables = match self.variables.get(body) {
            None | Some(Value::Null) => &none,
            Some(Value::Object(variables)) => variables,
            Some(_) => return None,
        };
        let reader = Reader { tokens: &tokens, variables, defaults: defaults(&tokens, variables) };
        let mut calls = Map::new();
        for name in &self.names {
            let opens = |pair: &[Token]| pair == [Token::Word(name.clone()), Token::Mark('(')];
            if let Some(at) = tokens.windows(2).position(opens) {
                calls.insert(name.clone(), Value::Object(reader.members(at + 2, ')', DEEPEST)?.0));
            }
        }
        Some(Value::Object(calls))
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    variables: &'a Map<String, Value>,
    defaults: BTreeMap<String, Value>,
}

impl Reader<'_> {
    /// `name: value` up to the closing mark, and the place after it.
    fn members(&self, mut at: usize, closing: char, deep: usize) -> Option<(Map<String, Value>, usize)> {
        let mut members = Map::new();
        while *self.tokens.get(at)? != Token::Mark(closing) {
            let (Token::Word(name), Token::Mark(':')) = (self.tokens.get(at)?, self.tokens.get(at + 1)?) else {
                return None;
            };
            let (value, next) = self.value(at + 2, deep)?;
            if let Some(value) = value {
                members.insert(name.clone(), value);
            }
            at = next;
        }
        Some((members, at + 1))
    }

    /// A value, and the place after it; no value where a variable has none.
    fn value(&self, at: usize, deep: usize) -> Option<(Option<Value>, usize)> {
        let deep = deep.checked_sub(1)?;
        let value = match self.tokens.get(at)? {
            Token::Word(word) => match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                other => Value::String(other.to_owned()),
            },
            Token::Text(text) => Value::String(text.clone()),
            Token::Number(number) => Value::Number(number.clone()),
            Token::Variable(name) => {
                let given = self.variables.get(name).or_else(|| self.defaults.get(name));
                return Some((given.cloned(), at + 1));
            }
            Token::Mark('[') => {
                let mut list = Vec::new();
                let mut at = at + 1;
                while *self.tokens.get(at)? != Token::Mark(']') {
                    let (value, next) = self.value(at, deep)?;
                    list.extend(value);
                    at = next;
                }
                return Some((Some(Value::Array(list)), at + 1));
            }
            Token::Mark('{') => {
                let (members, at) = self.members(at + 1, '}', deep)?;
                return Some((Some(Value::Object(members)), at));
            }
            Token::Mark(_) => return None,
        };
        Some((Some(value), at + 1))
    }
}

/// The defaults of `$name: Type = value`.
fn defaults(tokens: &[Token], variables: &Map<String, Value>) -> BTreeMap<String, Value> {
    let reader = Reader { tokens, variables, defaults: BTreeMap::new() };
    let mut defaults = BTreeMap::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [Token::Variable(name), Token::Mark(':')] = pair else {
            continue;
        };
        let is_type = |token: &&Token| matches!(token, Token::Word(_) | Token::Mark('[' | ']' | '!'));
        let after = at + 2 + tokens.iter().skip(at + 2).take_while(is_type).count();
        if tokens.get(after) == Some(&Token::Mark('='))
            && let Some((Some(value), _)) = reader.value(after + 1, DEEPEST)
        {
            defaults.insert(name.clone(), value);
        }
    }
    defaults
}

/// The text in pieces, without commas and comments; `None` where a text is not closed or a number is none.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..)?;
        rest = match first {
            '#' => after.trim_start_matches(|c| c != '\n' && c != '\r'),
            '"' => {
                let (text, after) = if let Some(block) = rest.strip_prefix("\"\"\"") {
                    let (text, after) = block.split_once("\"\"\"")?;
                    (text.trim().to_owned(), after)
                } else {
                    quoted(rest)?
                };
                tokens.push(Token::Text(text));
                after
            }
            '$' => {
                let (name, after) = cut(after, is_word);
                tokens.push(Token::Variable(name.to_owned()));
                after
            }
            c if is_word(c) && !c.is_ascii_digit() => {
                let (word, after) = cut(rest, is_word);
                tokens.push(Token::Word(word.to_owned()));
                after
            }
            c if c == '-' || c.is_ascii_digit() => {
                let (number, after) = cut(rest, |c| c.is_ascii_digit() || "+-.eE".contains(c));
                tokens.push(Token::Number(serde_json::from_str(number).ok()?));
                after
            }
            c if c == ',' || c == '\u{feff}' || c.is_whitespace() => after,
            c => {
                tokens.push(Token::Mark(c));
                after
            }
        };
    }
    Some(tokens)
}

/// The text of a quoted text with its escapes resolved, and what comes after it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    let (inside, after) = text.split_at_checked(end?.0 + 1)?;
    Some((serde_json::from_str(inside).ok()?, after))
}

fn cut(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::Calls;
    use crate::pointer::Pointer;
    use serde_json::{Value, json};

    fn read(text: &str, variables: &Value) -> Option<Value> {
        let calls = Calls {
            at: Pointer::parse("text"),
            names: vec!["save".to_owned(), "see".to_owned()],
            variables: Pointer::parse("with"),
        };
        calls.read(&json!({"text": text, "with": variables}))
    }

    #[test]
    fn arguments_are_literals_or_variables() {
        let text = r#"mutation A($x: [ID!]! = ["d"], $y: Int, $z: Int = 4) { # save(id: 0)
            b: save(id: 12345678901234567, text: "a\"(b) é", none: null, kind: red, y: $y, z: $z,
              list: [1, "two", $given], more: {deep: {x: $x}}) { id } see(block: """ a "b" """) { id } }"#;
        assert_eq!(
            read(text, &json!({"given": {"k": 1}})),
            Some(json!({
                "save": {"id": 12_345_678_901_234_567_u64, "text": "a\"(b) é", "none": null, "kind": "red", "z": 4,
                    "list": [1, "two", {"k": 1}], "more": {"deep": {"x": ["d"]}}},
                "see": {"block": "a \"b\""}
            }))
        );
    }

    #[test]
    fn a_name_that_is_not_called_has_no_arguments() {
        assert_eq!(read("{ see { id } unsee(id: 1) { id } }", &Value::Null), Some(json!({})));
    }

    #[test]
    fn what_cannot_be_read_is_no_call() {
        let deep = format!("save(a: {}", "[".repeat(100));
        for text in ["save(", "save(a: \"x)", "save(a 1)", "save(a: -)", "save(a: ))", deep.as_str()] {
            assert_eq!(read(text, &Value::Null), None, "{text}");
        }
        assert_eq!(read("save(a: 1)", &json!("{}")), None, "the variables are an object");
    }
}
