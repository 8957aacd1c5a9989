//! Broken mappings and what is said about them, a directory each under `tests/ui`.
//!
//! A case is a `case.toml`: small edits of the fixture files under `tests/fixtures`, and every finding that must come
//! of them, by its code, its place and the text that it marks. `expected.txt` beside it is what people see.
//! `UPDATE=1 cargo test --test ui` writes those files anew; the places are stated by hand and never written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mapwright_mapping::catalog::{Catalog, FileSet, Loaded};
use mapwright_mapping::diagnostic::{Code, Diagnostic, pretty};
use serde::Deserialize;

/// A broken variant of the fixture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is wrong with it.
    about: String,
    /// Edits of the fixture, in order.
    #[serde(default)]
    edit: Vec<Edit>,
    /// Every finding, in the order of places.
    #[serde(default)]
    expect: Vec<Expect>,
}

/// One edit of a file; a file that is not there begins empty.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// The file, from `tests/fixtures/mappings` or, with `model/` in front, from `tests/fixtures/schemas`.
    file: String,
    /// The text to find; it stands exactly once. Without it the whole file is replaced.
    find: Option<String>,
    /// The text to put there.
    replace: Option<String>,
    /// What is done to the whole file.
    bytes: Option<Bytes>,
}

/// What is done to a whole file.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Bytes {
    /// A byte order mark stands in front.
    Bom,
    /// Lines end in CR LF.
    Crlf,
    /// Every `ä` is one byte of Latin-1.
    Latin1,
    /// The file is not there.
    Gone,
}

/// One finding.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// Its code.
    code: String,
    /// `file:line:column`.
    at: String,
    /// The marked text.
    text: String,
}

#[test]
fn the_fixture_has_no_finding() {
    let loaded = load(&Fixture::read());
    assert_eq!(loaded.diagnostics, [], "\n{}", pretty::render(&loaded.diagnostics, false));
    let mapping = loaded.catalog.mapping("shop", "library/books").expect("the mapping is there");
    assert_eq!((mapping.records.len(), mapping.actions.len(), mapping.lists.len(), mapping.rests.len()), (4, 3, 3, 3));
}

#[test]
fn every_broken_mapping_is_told_at_the_right_characters() {
    let update = std::env::var_os("UPDATE").is_some();
    let fixture = Fixture::read();
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() >= 40, "only {} cases", cases.len());
    for (name, directory) in cases {
        let case = case(&name, &directory);
        assert!(!case.about.is_empty(), "{name} says what is wrong");
        if case.expect.is_empty() {
            wrong.push(format!("{name} states no finding"));
        }
        let loaded = load(&fixture.edited(&name, &case.edit));
        let found: Vec<Expect> = loaded.diagnostics.iter().map(expect).collect();
        assert!(
            loaded.diagnostics.is_sorted_by(|one, other| one.place <= other.place),
            "{name}: findings come in the order of places"
        );
        if found != case.expect {
            let lines = |found: &[Expect]| {
                found
                    .iter()
                    .map(|one| format!("  {} {} {:?}", one.at, one.code, one.text))
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            wrong.push(format!("{name}: {}\nexpected\n{}\nfound\n{}", case.about, lines(&case.expect), lines(&found)));
        }
        let rendered = pretty::render(&loaded.diagnostics, false);
        let golden = directory.join("expected.txt");
        if update {
            std::fs::write(&golden, &rendered).expect("a golden file");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != rendered {
            wrong.push(format!("{name}: the text has changed; see it with UPDATE=1\n{rendered}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Codes that no edit of the fixture can bring out, each with the reason.
const NOT_SHOWN: [(Code, &str); 3] = [
    (Code::UnknownSecret, "a file names secrets freely; an account that lacks one is refused"),
    (Code::CodecUnknown, "the shape of a file knows the codecs: `unknown-word` and `unknown-key`"),
    (Code::ErrorClassUnknown, "the shape of a file knows the classes: `unknown-word`"),
];

#[test]
fn every_code_is_shown_by_a_case() {
    let shown: Vec<String> = cases()
        .into_iter()
        .flat_map(|(name, directory)| case(&name, &directory).expect)
        .map(|expect| expect.code)
        .collect();
    let missing: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| !NOT_SHOWN.iter().any(|(known, _)| known == *code))
        .map(|code| code.as_str())
        .filter(|code| !shown.iter().any(|known| known == code))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

fn expect(found: &Diagnostic) -> Expect {
    Expect { code: found.code.to_string(), at: found.place.to_string(), text: found.place.text().to_owned() }
}

/// Directories of cases by name.
fn cases() -> BTreeMap<String, PathBuf> {
    let entries =
        std::fs::read_dir(tests().join("ui")).expect("the cases").map(|entry| entry.expect("an entry").path());
    entries
        .filter(|path| path.join("case.toml").is_file())
        .map(|path| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect()
}

fn case(name: &str, directory: &Path) -> Case {
    let text = std::fs::read_to_string(directory.join("case.toml")).expect("a case");
    toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

/// The files that a case starts from.
#[derive(Clone)]
struct Fixture {
    models: FileSet,
    mappings: FileSet,
}

impl Fixture {
    fn read() -> Fixture {
        let fixtures = tests().join("fixtures");
        Fixture { models: files(&fixtures.join("schemas")), mappings: files(&fixtures.join("mappings")) }
    }

    fn edited(&self, name: &str, edits: &[Edit]) -> Fixture {
        let mut fixture = self.clone();
        for edit in edits {
            let (set, file) = match edit.file.strip_prefix("model/") {
                Some(file) => (&mut fixture.models, file),
                None => (&mut fixture.mappings, edit.file.as_str()),
            };
            let before = set.get(file).cloned().unwrap_or_default();
            let mut text = String::from_utf8(before).expect("a fixture file is text");
            match (&edit.find, &edit.replace) {
                (Some(find), Some(replace)) => {
                    assert_eq!(
                        text.matches(find.as_str()).count(),
                        1,
                        "{name}: `{find}` stands exactly once in {file}"
                    );
                    text = text.replace(find.as_str(), replace);
                }
                (None, Some(replace)) => text.clone_from(replace),
                (None, None) => {}
                (Some(_), None) => panic!("{name}: `find` needs `replace`"),
            }
            match edit.bytes {
                None => drop(set.insert(file.to_owned(), text.into_bytes())),
                Some(Bytes::Bom) => drop(set.insert(file.to_owned(), format!("\u{feff}{text}").into_bytes())),
                Some(Bytes::Crlf) => drop(set.insert(file.to_owned(), text.replace('\n', "\r\n").into_bytes())),
                Some(Bytes::Latin1) => drop(set.insert(file.to_owned(), latin_1(&text))),
                Some(Bytes::Gone) => drop(set.remove(file)),
            }
        }
        fixture
    }
}

/// The text with every `ä` as one byte.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars().flat_map(|c| if c == 'ä' { vec![0xE4] } else { c.to_string().into_bytes() }).collect()
}

fn load(fixture: &Fixture) -> Loaded {
    Catalog::load(&fixture.models, &fixture.mappings)
}

/// Every file below a directory, by its path from there.
fn files(directory: &Path) -> FileSet {
    let mut found = FileSet::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap_or_else(|e| panic!("{}: {e}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(directory).expect("below it").to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    found
}
