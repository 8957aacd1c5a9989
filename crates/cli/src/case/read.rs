//! Reads a case from its file: closed, every finding at once, each under the characters that it is about.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use http::{HeaderName, HeaderValue};
use mapwright_mapping::diagnostic::{Code, Diagnostic, Diagnostics};
use mapwright_mapping::document::{Document, pointer};
use mapwright_mapping::plan::{ListMode, Options};
use mapwright_mapping::source::SourceFile;
use mapwright_mapping::version::EntityTag;
use serde::Deserialize;
use serde_json::Value;

use super::{Case, CaseAccount, CaseBody, CaseExchange, CaseReply, Expect, Operation};

/// The JSON Schema of a case.
///
/// # Panics
/// If the schema in the source is no JSON; a test holds that it is.
pub fn case_schema() -> Value {
    match serde_json::from_str(include_str!("case.schema.json")) {
        Ok(schema) => schema,
        Err(error) => panic!("the schema of cases is no JSON: {error}"),
    }
}

/// The schema with its validator.
fn shape() -> &'static (Value, jsonschema::Validator) {
    static SHAPE: OnceLock<(Value, jsonschema::Validator)> = OnceLock::new();
    SHAPE.get_or_init(|| {
        let schema = case_schema();
        match jsonschema::validator_for(&schema) {
            Ok(validator) => (schema, validator),
            Err(error) => panic!("the schema of cases does not compile: {error}"),
        }
    })
}

/// Reads a case; `shown` is the file's name in findings.
pub fn read(shown: &str, provider: &str, name: &str, bytes: &[u8]) -> Result<Case, Vec<Diagnostic>> {
    let file = SourceFile::new(shown, bytes).map_err(|found| vec![*found])?;
    let document = Document::parse(file)?;
    let (schema, validator) = shape();
    let found = document.check_shape(validator, schema);
    if !found.is_empty() {
        return Err(found);
    }
    let raw = RawCase::deserialize(document.value())
        .map_err(|error| vec![Diagnostic::error(Code::BadValue, document.place(""), error.to_string())])?;
    let mut reader = Reader { document: &document, found: Diagnostics::default() };
    let operation = reader.operation(raw.operation, raw.patch.as_deref(), raw.options);
    let exchanges = raw.exchange.into_iter().enumerate();
    let exchanges = exchanges.map(|(index, raw)| reader.exchange(raw, &format!("/exchange/{index}"))).collect();
    // An empty table says as little as none.
    let says = document.value().get("expect").is_some_and(|expect| expect.as_object().is_some_and(|it| !it.is_empty()));
    let expect = raw.expect.filter(|_| says).and_then(|raw| reader.expect(raw));
    if !reader.found.is_empty() {
        return Err(reader.found.into_vec());
    }
    Ok(Case {
        provider: provider.to_owned(),
        name: name.to_owned(),
        about: raw.about,
        source: raw.source,
        resource: raw.resource,
        account: raw.account,
        id: raw.id,
        operation,
        exchanges,
        expect,
        document,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    source: String,
    about: String,
    resource: Option<String>,
    #[serde(default)]
    account: CaseAccount,
    id: String,
    operation: RawOperation,
    #[serde(default)]
    options: RawOptions,
    patch: Option<String>,
    #[serde(default)]
    exchange: Vec<RawExchange>,
    expect: Option<RawExpect>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawOperation {
    Patch,
    Get,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOptions {
    strict: Option<bool>,
    lists: Option<RawLists>,
    if_match: Option<String>,
    #[serde(default)]
    remote_query: serde_json::Map<String, Value>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawLists {
    Replace,
    Merge,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExchange {
    send: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    text: Option<String>,
    reply: RawReply,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReply {
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    broken: Option<RawBroken>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawBroken {
    NeverSent,
    Silence,
    Cut,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExpect {
    lead: Option<String>,
    error: Option<Value>,
    #[serde(default)]
    outcomes: Vec<Value>,
    #[serde(default)]
    unread: Vec<Value>,
    waits: Option<Vec<String>>,
    token: Option<Value>,
}

struct Reader<'a> {
    document: &'a Document,
    found: Diagnostics,
}

impl Reader<'_> {
    fn bad(&mut self, at: &str, message: impl Into<String>) {
        self.found.push(Diagnostic::error(Code::BadValue, self.document.place(at), message));
    }

    /// JSON in a text of the file; null where it is none.
    fn json(&mut self, at: &str, text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_else(|error| {
            let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let start = (before + error.column().saturating_sub(1)).min(text.len());
            let words = error.to_string();
            let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
            let place = self.document.within(at, start..start + 1);
            self.found.push(Diagnostic::error(Code::BadValue, place, format!("this is not JSON: {words}")));
            Value::Null
        })
    }

    fn operation(&mut self, operation: RawOperation, patch: Option<&str>, options: RawOptions) -> Operation {
        let value = patch.map(|text| self.json("/patch", text));
        let lists = match options.lists {
            None | Some(RawLists::Replace) => ListMode::Replace,
            Some(RawLists::Merge) => ListMode::Merge,
        };
        let remote_query = options.remote_query.into_iter().collect();
        let if_match = options.if_match.and_then(|tags| match EntityTag::list(&tags) {
            Ok(tags) => Some(tags),
            Err(error) => {
                self.bad("/options/if_match", error.to_string());
                None
            }
        });
        let options = Options { strict: options.strict.unwrap_or_default(), lists, remote_query, if_match };
        match (operation, value) {
            (RawOperation::Patch, Some(patch)) => Operation::Patch(patch, options),
            (RawOperation::Patch, None) => {
                self.bad("/operation", "a case of a patch has the key `patch`");
                Operation::Get(Vec::new())
            }
            (RawOperation::Get, given) => {
                if given.is_some() {
                    self.bad("/patch", "a case of a read has no patch");
                }
                let Options { remote_query, .. } = options.clone();
                if options != (Options { remote_query: remote_query.clone(), ..Options::default() }) {
                    self.bad("/options", "a case of a read has no options but `remote_query`");
                }
                Operation::Get(remote_query)
            }
        }
    }

    fn exchange(&mut self, raw: RawExchange, at: &str) -> CaseExchange {
        let (method, url) = raw.send.split_once(' ').unwrap_or_default();
        let body = match (raw.body, raw.text) {
            (None, None) => CaseBody::Empty,
            (Some(text), None) => CaseBody::Json(self.json(&pointer(at, "body"), &text)),
            (None, Some(text)) => CaseBody::Text(text),
            (Some(_), Some(_)) => {
                self.bad(&pointer(at, "text"), "a request has a `body` or a `text`, not both");
                CaseBody::Empty
            }
        };
        let headers = self.headers(raw.headers, &pointer(at, "headers"));
        let reply = self.reply(raw.reply, &pointer(at, "reply"));
        CaseExchange { method: method.to_owned(), url: url.to_owned(), headers, body, reply }
    }

    fn reply(&mut self, raw: RawReply, at: &str) -> CaseReply {
        let headers = self.headers(raw.headers, &pointer(at, "headers"));
        let empty = headers.is_empty() && raw.body.is_none();
        match (raw.status, raw.broken) {
            (Some(status), None) => CaseReply::Answer { status, headers, body: raw.body.unwrap_or_default() },
            (None, Some(broken)) if empty => match broken {
                RawBroken::NeverSent => CaseReply::NeverSent,
                RawBroken::Silence => CaseReply::Silence,
                RawBroken::Cut => CaseReply::Cut,
            },
            _ => {
                self.bad(at, "a reply has a `status`, with headers and a body, or is `broken`");
                CaseReply::Silence
            }
        }
    }

    fn headers(&mut self, raw: BTreeMap<String, String>, at: &str) -> Vec<(String, String)> {
        for (name, text) in &raw {
            let legal = HeaderName::try_from(name.as_str()).is_ok() && HeaderValue::try_from(text.as_str()).is_ok();
            if !legal {
                self.bad(&pointer(at, name), format!("`{name}` is not a header that can be sent"));
            }
        }
        raw.into_iter().collect()
    }

    fn expect(&mut self, raw: RawExpect) -> Option<Expect> {
        let result = match (raw.lead, raw.error) {
            (Some(text), None) => Ok(self.json("/expect/lead", &text)),
            (None, Some(error)) => Err(error),
            _ => {
                self.bad("/expect", "a case expects `lead` or `error`");
                return None;
            }
        };
        Some(Expect { result, outcomes: raw.outcomes, unread: raw.unread, waits: raw.waits, token: raw.token })
    }
}
