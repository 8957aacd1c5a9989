//! The manual, `docs/`, is true: its example is checked and runs, its pieces of TOML have the shape of the language, and
//! no key of the language is missing from it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mapwright_mapping::raw;
use mapwright_sandbox::{Sandbox, SandboxError};
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Runs a command as a reader of the manual would, from the root of the project.
fn mapwright(arguments: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    let output = command.args(arguments).current_dir(root()).env_clear().output().expect("the command runs");
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).expect("text"), output.status.code())
}

/// A block of code of a manual, and the heading that it stands under.
struct Block {
    heading: String,
    language: String,
    text: String,
}

/// The blocks of code of a manual, and its other lines.
fn parts(manual: &str) -> (Vec<Block>, Vec<String>) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut prose = Vec::new();
    let mut heading = String::new();
    let mut open = false;
    for line in manual.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => {
                blocks.push(Block { heading: heading.clone(), language: language.into(), text: String::new() });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => blocks.last_mut().expect("an open block").text.extend([line, "\n"]),
            (None, false) => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.clone_into(&mut heading);
                }
                prose.push(line.to_owned());
            }
        }
    }
    (blocks, prose)
}

/// The words that a manual puts in backticks: `path`, `[fields]` and `limits.reset` are each their first name.
fn words(prose: &[String]) -> BTreeSet<String> {
    let spans = prose.iter().flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.map(|span| span.trim_matches(['[', ']', '"']).split('.').next().unwrap_or_default().to_owned()).collect()
}

/// Every key of every table that a JSON Schema describes.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                found.extend(properties.keys().cloned());
            }
            members.values().for_each(|member| keys(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

#[test]
fn the_example_has_no_findings_and_its_cases_pass() {
    let (said, code) = mapwright(&["--mappings", "docs/example", "check", "--deny-warnings"]);
    let tally = "acme:    12 fields:   7 proven,   0 tested,   5 lossy;   3 more are only read\n";
    assert_eq!((said, code), (format!("1 provider, 1 mapping, 20 cases: no findings\n{tally}"), Some(0)));
    let (said, code) = mapwright(&["--mappings", "docs/example", "test"]);
    assert_eq!((said.as_str(), code), ("acme  20 cases: 20 passed\n", Some(0)));
    let (said, code) = mapwright(&["--mappings", "docs/example", "test", "--mutants"]);
    assert!(said.ends_with("0 survive, 1 equivalent; 100.0 % noticed\n"), "{said}");
    assert_eq!(code, Some(0));
}

#[test]
fn every_command_of_the_manuals_ends_as_it_should() {
    let mut run = 0;
    for manual in ["docs/language.md", "docs/sandbox.md"] {
        for block in parts(&text(manual)).0 {
            let commands = block.text.lines().filter(|line| line.starts_with("mapwright --mappings docs/example "));
            for line in commands.filter(|line| !line.ends_with(" sandbox acme")) {
                let arguments = arguments(line);
                let (said, code) = mapwright(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
                // The last two faults of the manual are ones that no patch gets over.
                let expected = if line.contains("503@2*") || line.contains("locked@write") { 4 } else { 0 };
                assert_eq!(code, Some(expected), "{line}\n{said}");
                run += 1;
            }
        }
    }
    assert!(run > 10, "{run}");
}

/// The arguments of a command line, whose quotes are single ones.
fn arguments(line: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            0 => arguments.extend(part.split_whitespace().map(str::to_owned)),
            _ => arguments.push(part.to_owned()),
        }
    }
    arguments.split_off(1)
}

#[test]
fn the_manual_shows_the_example_as_it_is() {
    let blocks = parts(&text("docs/language.md")).0;
    let shown = blocks.iter().rfind(|block| block.language == "toml").expect("a block of TOML");
    let (schema, file) = shown_and_rest("docs/example/acme/leads.toml");
    assert!(schema.starts_with("#:schema "), "{schema}");
    assert_eq!(shown.text, file);
    let sandbox = text("docs/example/acme/sandbox.toml");
    let blocks = parts(&text("docs/sandbox.md")).0;
    for block in blocks.iter().filter(|block| block.language == "toml" && block.heading != "Answers") {
        for piece in block.text.split("\n\n") {
            let lines: Vec<&str> = piece.lines().collect();
            let (first, others) = lines.split_first().expect("a line");
            assert!(sandbox.contains(first), "{first}");
            for line in others {
                assert!(sandbox.lines().any(|known| known == *line), "{line}");
            }
        }
    }
}

/// The first line of a file, and the others.
fn shown_and_rest(name: &str) -> (String, String) {
    let text = text(name);
    let (first, rest) = text.split_once('\n').expect("lines");
    (first.to_owned(), rest.to_owned())
}

#[test]
fn every_piece_of_toml_has_the_shape_of_the_language() {
    let mut seen = 0;
    for Block { heading, text, .. } in parts(&text("docs/language.md")).0.into_iter().filter(|b| b.language == "toml") {
        let mut file: Value = toml::from_str(&text).unwrap_or_else(|error| panic!("{heading}: {error}\n{text}"));
        let (schema, needed) = match heading.as_str() {
            "provider.toml" => (
                raw::provider_schema(),
                json!({"language": 1, "provider": {"label": "Acme", "base": "https://acme.example"}, "auth": {}}),
            ),
            _ => {
                (raw::mapping_schema(), json!({"language": 1, "resource": "crm/leads", "main": "lead", "records": {}}))
            }
        };
        let members = file.as_object_mut().expect("a table");
        for (name, value) in needed.as_object().expect("an object") {
            members.entry(name.as_str()).or_insert_with(|| value.clone());
        }
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let found: Vec<String> =
            validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(found, Vec::<String>::new(), "{heading}\n{text}");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn every_key_of_a_mapping_and_of_a_provider_is_in_the_manual() {
    let mut expected = BTreeSet::new();
    keys(&raw::mapping_schema(), &mut expected);
    keys(&raw::provider_schema(), &mut expected);
    let words = words(&parts(&text("docs/language.md")).1);
    let missing: Vec<&String> = expected.iter().filter(|key| !words.contains(*key)).collect();
    assert!(missing.is_empty(), "docs/language.md says nothing of {missing:?}");
}

#[test]
fn every_key_of_a_case_is_in_the_manual() {
    let mut expected = BTreeSet::new();
    keys(&mapwright_cli::case::case_schema(), &mut expected);
    let words = words(&parts(&text("docs/language.md")).1);
    let missing: Vec<&String> = expected.iter().filter(|key| !words.contains(*key)).collect();
    assert!(missing.is_empty(), "docs/language.md says nothing of {missing:?}");
}

#[test]
fn every_codec_is_in_the_manual() {
    let manual = text("docs/language.md");
    let missing: Vec<&str> = mapwright_mapping::codec::catalog()
        .iter()
        .map(|codec| codec.name)
        .filter(|name| !manual.contains(&format!("\"{name}\"")) && !manual.contains(&format!("{{ {name} = ")))
        .collect();
    assert!(missing.is_empty(), "docs/language.md says nothing of {missing:?}");
}

/// The tables of a sandbox file, each with a key that it does not have: what is said of it names those that it has.
const TABLES: &[&str] = &[
    "",
    "[clock]",
    "[demo]",
    "[demo.first]",
    "[auth.x]",
    "[auth.x.basic]",
    "[[demands]]",
    "[asks.x]",
    "[refuse]",
    "[refusals.x]",
    "[refusals.x.other]",
    "[errors.x]",
    "[forms.x]",
    "[[forms.x.takes]]",
    "[collections.x]",
    "[collections.x.fields.y]",
    "[[collections.x.fields.y.options]]",
    "[collections.x.fields.y.options_from]",
    "[collections.x.fields.y.pairs]",
    "[collections.x.fields.y.wrapped]",
    "[collections.x.fields.y.children]",
    "[collections.x.select]",
    "[[collections.x.computed]]",
    "[collections.x.locked]",
    "[collections.x.whole]",
    "[[collections.x.series]]",
    "[links.x]",
    "[[links.x.kinds]]",
    "[[links.x.records]]",
    "[[routes]]",
    "[[routes]]\n[[routes.when]]",
    "[[routes]]\n[routes.calls]",
    "[[routes]]\n[routes.guard]",
    "[[routes]]\n[routes.finds]",
    "[[routes]]\n[routes.token]",
    "[[routes]]\n[routes.listing]",
    "[[routes]]\n[routes.listing.hides]",
    "[[routes]]\n[routes.listing.pages]",
];

/// Keys of a sandbox file that take one word of a list.
const WORDS: &[&str] =
    &["[collections.x]\nvalues", "[collections.x.fields.y]\ntype", "[[routes]]\nbody", "[[routes]]\ndoes"];

#[test]
fn every_key_of_a_sandbox_is_in_its_manual() {
    let words = words(&parts(&text("docs/sandbox.md")).1);
    let keys = TABLES.iter().map(|table| format!("{table}\nnonsense = 1\n"));
    let choices = WORDS.iter().map(|key| format!("{key} = \"nonsense\"\n"));
    for file in keys.chain(choices) {
        let Err(SandboxError::File { problem, .. }) = Sandbox::from_toml("sandbox.toml", &file) else {
            panic!("this is no sandbox:\n{file}");
        };
        let known = problem.split_once("expected ").map_or("", |(_, known)| known);
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        assert!(!known.is_empty(), "{problem}\n{file}");
        let missing: Vec<&&str> = known.iter().filter(|key| !words.contains(**key)).collect();
        assert!(missing.is_empty(), "docs/sandbox.md says nothing of {missing:?} in\n{file}");
    }
}
