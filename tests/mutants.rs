//! Mutants: that each part of a mapping has one, that what nothing notices is shown, and that the shipped cases notice.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mapwright_cli::Library;
use mapwright_cli::mutant::{Equivalent, Fate, Judge, Mutant, Unjudged};
use mapwright_mapping::document::pointer;
use serde_json::Value;

/// The share of mutants that is judged here; `mapwright test --mutants` judges all.
const EVERY: usize = 15;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped() -> Library {
    Library::open(&[root().join("mappings")], None).expect("the mappings can be read")
}

/// A copy of the worked example with some files made otherwise.
fn example(name: &str, changes: &[(&str, &str)]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants").join(name).join("acme");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(directory.join("cases")).expect("a directory");
    let from = root().join("docs/example/acme");
    for file in ["leads.toml", "payload.json", "provider.toml", "cases/name.toml"] {
        fs::copy(from.join(file), directory.join(file)).expect("a file of the example");
    }
    for (file, text) in changes {
        fs::write(directory.join(file), text).expect("a file");
    }
    directory
}

/// Runs `test --mutants` on a provider's directory: exit code, standard output, standard error.
fn mapwright(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.args(["--mappings", "acme", "test", "--mutants"]).args(arguments);
    let output = command.current_dir(directory.parent().expect("a parent")).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The places that have to have a mutant, whatever else is left alone: fields, rows, paths, clears, codecs, entries of the
/// order and error rules. They are found here without the code that makes mutants.
fn places(file: &str, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let members = |section: &str| value.get(section).and_then(Value::as_object).into_iter().flatten();
    for section in ["fields", "groups", "lists", "rest"] {
        found.extend(members(section).map(|(name, _)| pointer(&format!("/{section}"), name)));
    }
    for (table, said) in members("tables") {
        let at = pointer(&pointer("/tables", table), "rows");
        found.extend(said["rows"].as_object().into_iter().flatten().map(|(row, _)| pointer(&at, row)));
    }
    let order = value.pointer("/update/order").and_then(Value::as_array);
    found.extend((0..order.map_or(0, Vec::len)).map(|index| format!("/update/order/{index}")));
    let rules = value.pointer("/errors/rules").and_then(Value::as_array);
    found.extend((0..rules.map_or(0, Vec::len)).map(|index| format!("/errors/rules/{index}")));
    keys(value, "", &mut found);
    found.into_iter().map(|place| format!("{file}{place}")).collect()
}

/// Where a path, a clear or a codec stands.
fn keys(value: &Value, at: &str, found: &mut Vec<String>) {
    let words = ["path", "read", "write", "clear", "as", "values", "at", "unified", "remote"];
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let here = pointer(at, name);
                let is_request = member.get("send").is_some();
                // What becomes of unknown names has the words of a direction.
                if words.contains(&name.as_str()) && !is_request && !at.ends_with("/unknown") {
                    found.push(here.clone());
                }
                keys(member, &here, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                keys(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn each_field_row_path_clear_codec_order_entry_and_rule_has_a_mutant() {
    let library = shipped();
    let mut checked = 0;
    for provider in library.providers() {
        let mutants = Judge::new(&library, provider).expect("a mapping whose cases pass").mutants();
        let made: BTreeSet<String> =
            mutants.iter().map(|mutant| format!("{}{}", mutant.file, mutant.pointer)).collect();
        let names: BTreeSet<String> = mutants.iter().map(Mutant::name).collect();
        assert_eq!(names.len(), mutants.len(), "{provider}: a name stands for one mutant");
        for file in ["leads.toml", "provider.toml"] {
            let text = fs::read_to_string(root().join("mappings").join(provider).join(file)).expect("a file");
            let value: Value = toml::from_str(&text).expect("TOML");
            let places = places(file, &value);
            checked += places.len();
            let below =
                |place: &String| made.iter().any(|made| made == place || made.starts_with(&format!("{place}/")));
            let without: Vec<&String> = places.iter().filter(|place| !below(place)).collect();
            assert_eq!(without, Vec::<&String>::new(), "{provider}: places without a mutant");
        }
    }
    assert!(checked > 500, "only {checked} places");
}

#[test]
fn a_sample_of_the_mutants_of_the_shipped_mappings_is_noticed() {
    let library = shipped();
    let (mut all, mut survivors) = (0, Vec::new());
    for provider in library.providers() {
        let mut judge = Judge::new(&library, provider).expect("a mapping whose cases pass");
        let list = fs::read(root().join("mappings").join(provider).join("mutants.toml")).unwrap_or_default();
        let equivalent = Equivalent::read("mutants.toml", &list).expect("a list of equivalent mutants");
        for mutant in judge.mutants().iter().step_by(EVERY) {
            match judge.judge(mutant) {
                Fate::Same => continue,
                Fate::Survived if equivalent.reason(&mutant.name()).is_some() => continue,
                Fate::Survived => survivors.push(format!("{provider}/{}", mutant.name())),
                Fate::Refused(_) | Fate::Failed { .. } => {}
            }
            all += 1;
        }
    }
    assert!(all > 150, "only {all} mutants");
    assert!(survivors.len() * 100 <= all * 5, "of {all} mutants survive:\n{}", survivors.join("\n"));
}

#[test]
fn what_nothing_notices_is_shown_by_file_and_line() {
    // Of the example's cases the one that patches a name: no other leaf is written.
    let weak = example("weak", &[]);
    let name = "leads.toml/fields/number_of_employees only read";
    let fate = |directory: &Path| {
        let library = Library::open(&[directory.to_owned()], None).expect("the example can be read");
        let mut judge = Judge::new(&library, "acme").expect("its cases pass");
        let mutant = judge.mutants().into_iter().find(|mutant| mutant.name() == name).expect("the mutant");
        judge.judge(&mutant)
    };
    assert_eq!(fate(&weak), Fate::Survived);
    let all = fate(&root().join("docs/example/acme"));
    assert!(matches!(all, Fate::Failed { .. }), "{all:?}");
    let (code, stdout, _) = mapwright(&weak, &["--filter", "number_of_employees only read"]);
    let line = 1 + fs::read_to_string(weak.join("leads.toml"))
        .expect("the mapping")
        .lines()
        .position(|line| line.starts_with("number_of_employees "))
        .expect("the field");
    let shown = format!(
        "survives acme/leads.toml:{line}
  {name}
  - \"employees\"
  + {{ path = \"employees\", read_only = \"the provider sets it\" }}
acme  1 mutant: 0 noticed by check, 0 by cases, 1 survive; 0.0 % noticed
mutants by part: 1 field
1 mutant: 1 survive, 0 equivalent; 0.0 % noticed
"
    );
    assert_eq!((code, stdout), (Some(1), shown));
}

#[test]
fn a_case_that_fails_anyway_judges_nothing() {
    let case = fs::read_to_string(root().join("docs/example/acme/cases/name.toml")).expect("the case");
    let directory =
        example("failing", &[("cases/name.toml", &case.replace("outcome = \"written\"", "outcome = \"lossy\""))]);
    let library = Library::open(&[directory], None).expect("the example can be read");
    assert_eq!(Judge::new(&library, "acme").err(), Some(Unjudged::Case("name".to_owned())));
}

#[test]
fn an_equivalent_that_is_noticed_is_an_error_and_so_is_one_without_a_reason() {
    let run = |list: &str| {
        let (code, _, stderr) = mapwright(&example("listed", &[("mutants.toml", list)]), &["--at-least", "0"]);
        (code, stderr)
    };
    let (code, words) = run("[equivalent]\n\"leads.toml/no/such dropped\" = \"it does the same\"\n");
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("no mutant `leads.toml/no/such dropped` survives"), "{words}");
    assert!(words.contains("acme/mutants.toml:2:1"), "{words}");
    let (code, words) = run("[equivalent]\n\"leads.toml/no/such dropped\" = \" \"\n");
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("an equivalent mutant has its reason, as text"), "{words}");
    let (code, words) = run("[equivalents]\n");
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("`equivalents` is not known here"), "{words}");
}
