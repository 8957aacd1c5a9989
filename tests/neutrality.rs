//! What differs between providers is data: nothing in `crates/*/src` knows a provider, a unified field, or a text that a
//! mapping or a sandbox uses as a path, a header, a host or an option.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Texts that belong to a standard or to plain English, and that files use as well: each with the reason.
const TERMS: &[(&str, &[&str])] = &[
    (
        "HTTP (RFC 9110, RFC 6585, the draft of RateLimit)",
        &[
            "Accept",
            "Authorization",
            "Content-Type",
            "If-Match",
            "User-Agent",
            "charset",
            "Preference-Applied",
            "Prefer",
            "RateLimit",
            "Retry-After",
            "X-Request-Id",
            "method_not_allowed",
            "too_many_requests",
            "present",
            "status",
        ],
    ),
    (
        "OAuth 2 (RFC 6749) and its answers",
        &[
            "access_token",
            "authorization_code",
            "authorize",
            "client_id",
            "client_secret",
            "expires_in",
            "invalid_token",
            "refresh_token",
            "token_type",
        ],
    ),
    (
        "JSON, JSON Schema, JSON Patch, GraphQL",
        &[
            "object",
            "options",
            "properties",
            "string",
            "number",
            "boolean",
            "integer",
            "replace",
            "remove",
            "errors",
            "message",
            "variables",
        ],
    ),
    (
        "words of the mapping language and of reports",
        &[
            "action", "address", "answer", "amount", "contact", "account", "created", "custom", "fields", "header",
            "labels", "options", "record", "source", "sources", "unified", "values", "results", "parent",
        ],
    ),
    (
        "words of the service: its accounts and their owners, its errors, who calls it",
        &["account_id", "active", "clients", "internal", "offline", "region", "revision", "tenant", "wrong_method"],
    ),
    ("the product, and a date in a form of its own", &["mapwright", "YYYY-MM-DD"]),
];

/// Unified names that are words of HTTP, JSON or plain English; they may stand in the engine in that meaning.
const PLAIN_NAMES: &[&str] = &[
    "account",
    "city",
    "contact",
    "country",
    "description",
    "email",
    "extension",
    "id",
    "industry",
    "name",
    "number",
    "owner",
    "state",
    "status",
    "title",
    "type",
    "url",
    "urls",
    "website",
    "addresses",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(directory: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|known| known == ending) {
            found.push(path);
        }
    }
}

/// The engine's source, as file and text.
fn engine() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut crates: Vec<PathBuf> =
        fs::read_dir(root().join("crates")).expect("crates").map(|entry| entry.expect("an entry").path()).collect();
    crates.sort();
    for directory in crates {
        files(&directory.join("src"), "rs", &mut found);
    }
    assert!(found.len() > 50, "the engine's source was not found");
    found.into_iter().map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("text"))).collect()
}

fn mapping_files() -> Vec<(String, toml::Value)> {
    let mut found = Vec::new();
    files(&root().join("mappings"), "toml", &mut found);
    found
        .into_iter()
        .filter(|path| !path.components().any(|part| part.as_os_str() == "cases"))
        // It holds names of mutants and sentences.
        .filter(|path| !path.ends_with("mutants.toml"))
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).expect("text").parse::<toml::Table>().expect("TOML").into(),
            )
        })
        .collect()
}

/// The line on which `word` stands in `text` by itself.
fn stands(text: &str, word: &str) -> Option<usize> {
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut from = 0;
    while let Some(at) = text[from..].find(word).map(|at| at + from) {
        let end = at + word.len();
        if !inner(text[..at].chars().next_back()) && !inner(text[end..].chars().next()) {
            return Some(text[..at].lines().count().max(1));
        }
        from = end;
    }
    None
}

fn hits(words: &BTreeMap<String, String>, fold: bool) -> Vec<String> {
    let mut hits = Vec::new();
    for (file, text) in engine() {
        let text = if fold { text.to_lowercase() } else { text };
        for (word, origin) in words {
            let word = if fold { &word.to_lowercase() } else { word };
            if let Some(line) = stands(&text, word) {
                hits.push(format!("{file}:{line}: `{word}` ({origin})"));
            }
        }
    }
    hits
}

#[test]
fn no_provider_is_named() {
    let mut names = BTreeMap::new();
    for (file, value) in mapping_files().iter().filter(|(file, _)| file.ends_with("provider.toml")) {
        let id =
            Path::new(file).parent().and_then(Path::file_name).expect("a directory").to_string_lossy().into_owned();
        let label = value["provider"]["label"].as_str().expect("a label").to_owned();
        names.insert(id.clone(), "id".to_owned());
        names.insert(id.split('_').next().unwrap_or_default().to_owned(), "id".to_owned());
        names.insert(label.clone(), "label".to_owned());
        names.extend(
            label.split_whitespace().filter(|word| word.len() > 5).map(|word| (word.to_owned(), "label".to_owned())),
        );
    }
    assert_eq!(names.get("hubspot").map(String::as_str), Some("id"), "the providers were not found");
    assert_eq!(hits(&names, true), Vec::<String>::new());
}

#[test]
fn no_unified_field_is_named() {
    let schema = fs::read_to_string(root().join("schemas/unified/crm/leads.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let mut names = BTreeSet::new();
    collect_properties(&schema, &mut names);
    assert!(names.contains("first_name") && names.contains("postal_code"), "the fields were not found");
    let words = names
        .into_iter()
        .filter(|name| !PLAIN_NAMES.contains(&name.as_str()))
        .map(|name| (name, "unified field".to_owned()))
        .collect();
    assert_eq!(hits(&words, false), Vec::<String>::new());
}

fn collect_properties(schema: &Value, names: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, inner) in properties {
            names.insert(name.clone());
            collect_properties(inner, names);
            collect_properties(inner.get("items").unwrap_or(&Value::Null), names);
        }
    }
}

/// Keys whose strings are sentences for people.
const PROSE: &[&str] =
    &["about", "find", "label", "loss", "read_only", "says", "source", "tested", "unconfirmed", "language"];

/// Keys of a mapping whose strings are words of the mapping language, or names that only the file itself uses.
const OWN: &[&str] =
    &["ambiguous", "as", "class", "counts", "fold", "form", "graphql", "other", "retry", "table", "unknown"];

/// Keys of a sandbox below which texts are data of its records, or whole bodies with sentences in them.
const DATA: &[&str] = &["records", "json", "text", "body", "demo", "clock", "errors", "forms", "refusals", "replies"];

#[test]
fn no_path_header_host_or_option_of_a_file_is_written_in_the_engine() {
    let terms: BTreeSet<String> =
        TERMS.iter().flat_map(|(_, terms)| terms.iter()).map(|term| term.to_lowercase()).collect();
    let mut words = BTreeMap::new();
    for (file, value) in mapping_files() {
        let name = file.rsplit("mappings/").next().unwrap_or_default().to_owned();
        let sandbox = name.ends_with("sandbox.toml");
        collect_texts(&value, sandbox, false, &mut |text| {
            for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')) {
                let letters = word.chars().filter(|c| c.is_alphabetic()).count();
                if letters >= 6 && !terms.contains(&word.to_lowercase()) {
                    words.insert(word.to_owned(), name.clone());
                }
            }
        });
    }
    assert!(words.contains_key("hs_pipeline_stage") && words.contains_key("emailaddress1"), "the texts were not found");
    let plain: BTreeSet<String> = plain_english();
    words.retain(|word, _| !plain.contains(&word.to_lowercase()));
    assert_eq!(hits(&words, false), Vec::<String>::new());
}

/// Every text of a file that is no sentence; in a sandbox also the names of its fields and headers.
fn collect_texts(value: &toml::Value, sandbox: bool, named: bool, take: &mut impl FnMut(&str)) {
    match value {
        toml::Value::String(text) => take(text),
        toml::Value::Array(items) => items.iter().for_each(|item| collect_texts(item, sandbox, named, take)),
        toml::Value::Table(table) => {
            for (key, inner) in table {
                let own = !sandbox && OWN.contains(&key.as_str()) && !inner.is_table();
                if own || PROSE.contains(&key.as_str()) || (sandbox && DATA.contains(&key.as_str())) {
                    continue;
                }
                if named || ["fields", "headers", "header"].contains(&key.as_str()) && !inner.is_table() {
                    take(key);
                }
                let names =
                    ["fields", "headers", "header", "query"].contains(&key.as_str()) && (sandbox || key != "fields");
                collect_texts(inner, sandbox, names, take);
            }
        }
        _ => {}
    }
}

/// Ordinary words that a path of some provider happens to be, and that the engine's sentences use.
fn plain_english() -> BTreeSet<String> {
    const WORDS: &str = include_str!("neutrality/plain_words.txt");
    WORDS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).map(str::to_lowercase).collect()
}
