//! Sessions: a command line in, and its whole standard output, standard error and exit code out.
//!
//! What is expected lies in `tests/cli/golden`, a file a session. `UPDATE=1` writes the files anew.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mapwright_cli::Library;
use mapwright_interpreter::Account;

/// The directory of the sessions' files, from which commands run.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli")
}

/// The command, with nothing of this process's environment.
fn mapwright(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.args(arguments).current_dir(home()).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// One session.
struct Session {
    name: &'static str,
    arguments: &'static [&'static str],
    input: &'static str,
    environment: &'static [(&'static str, &'static str)],
}

impl Session {
    /// What it writes, as its golden file has it.
    fn transcript(&self, arguments: &[&str]) -> String {
        let mut command = mapwright(arguments);
        command.envs(self.environment.iter().copied());
        let mut child = command.spawn().expect("the command runs");
        child.stdin.take().expect("a pipe").write_all(self.input.as_bytes()).expect("input is taken");
        let (stdout, stderr, code) = texts(child.wait_with_output().expect("the command ends"));
        let variables = self.environment.iter().map(|(name, value)| format!("{name}={value} "));
        let shown: Vec<String> = self.arguments.iter().map(|argument| quoted(argument)).collect();
        let section =
            |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("--- {name}\n{text}") };
        format!(
            "$ {}mapwright {}\n{}{}--- exit {}\n",
            variables.collect::<String>(),
            shown.join(" "),
            section("stdout", &stdout),
            section("stderr", &stderr),
            code.expect("an exit code")
        )
    }
}

const fn session(name: &'static str, arguments: &'static [&'static str]) -> Session {
    Session { name, arguments, input: "", environment: &[] }
}

/// The fixture: one provider, one resource.
const SHELF: [&str; 4] = ["--mappings", "mappings", "--schemas", "schemas"];

/// Sessions on the fixture.
const ON_SHELF: &[Session] = &[
    session("check", &["check"]),
    session("check-json", &["check", "--format", "json"]),
    session("check-broken", &["check", "broken"]),
    session("check-broken-json", &["check", "broken/shelf", "--format", "json"]),
    session("check-nowhere", &["check", "nowhere"]),
    session("check-no-mapping", &["check", "unmapped"]),
    session("check-twice", &["check", "mappings", "mappings/shelf"]),
    session("plan", &["plan", "shelf", "7", "--data", r#"{"title": "On Winds", "condition": "worn"}"#]),
    session(
        "plan-sandbox",
        &["plan", "shelf", "7", "--sandbox", "--data", r#"{"title": "On Winds", "condition": "worn"}"#],
    ),
    session("plan-state", &["plan", "shelf", "7", "--state", "state.json", "--data", r#"{"condition": "signed"}"#]),
    session(
        "plan-json",
        &["plan", "shelf", "7", "--format", "json", "--data", r#"{"pages": 9007199254740993, "condition": "new"}"#],
    ),
    session(
        "plan-options",
        &[
            "plan",
            "shelf",
            "7",
            "--var",
            "tenant=other",
            "--remote-query",
            "notify=false",
            "--lists",
            "merge",
            "--data",
            r#"{"title": null}"#,
        ],
    ),
    session("plan-account", &["plan", "shelf", "7", "--account", "account.toml", "--data", r#"{"title": "On Winds"}"#]),
    session(
        "plan-strict",
        &["plan", "shelf", "7", "--strict", "--data", r#"{"title": "On Winds", "series": "Weather"}"#],
    ),
    session("plan-refused", &["plan", "shelf", "7", "--data", r#"{"titel": "On Winds", "pages": "many"}"#]),
    session("plan-wrong-variable", &["plan", "shelf", "7", "--var", "tenant=Not Legal", "--data", "{}"]),
    session("plan-wrong-id", &["plan", "shelf", "..", "--data", "{}"]),
    session("plan-not-json", &["plan", "shelf", "7", "--data", "{\"title\": }"]),
    session("plan-no-file", &["plan", "shelf", "7", "--data", "@nowhere.json"]),
    session(
        "patch",
        &[
            "patch",
            "shelf",
            "7",
            "--sandbox",
            "--data",
            r#"{"title": "On Winds", "condition": "worn", "added_at": "2024-01-01T00:00:00Z"}"#,
        ],
    ),
    session(
        "patch-json",
        &["patch", "shelf", "7", "--sandbox", "--format", "json", "--data", r#"{"title": "On Winds"}"#],
    ),
    session("patch-refused", &["patch", "shelf", "7", "--sandbox", "--data", r#"{"condition": "lost"}"#]),
    session(
        "patch-refused-json",
        &["patch", "shelf", "7", "--sandbox", "--format", "json", "--data", r#"{"condition": "lost"}"#],
    ),
    session(
        "patch-failed",
        &["patch", "shelf", "7", "--sandbox", "--data", r#"{"title": "On Winds, On Tides and On Rain"}"#],
    ),
    session(
        "patch-failed-json",
        &["patch", "shelf", "8", "--sandbox", "--format", "json", "--data", r#"{"title": "On Winds"}"#],
    ),
    session("patch-nobody", &["patch", "shelf", "7", "--data", "{}"]),
    session("patch-account-incomplete", &["patch", "shelf", "7", "--account", "account.toml", "--data", "{}"]),
    session(
        "patch-base-elsewhere",
        &["patch", "shelf", "7", "--sandbox", "--base-url", "https://shelf.example", "--data", "{}"],
    ),
    session("get", &["get", "shelf", "7", "--sandbox"]),
    session("get-missing", &["get", "shelf", "8", "--sandbox"]),
    session("get-unknown-provider", &["get", "shlef", "7", "--sandbox"]),
    session("get-unknown-resource", &["get", "shelf", "7", "--sandbox", "--resource", "library/book"]),
    session("test", &["test"]),
    session("test-json", &["test", "--filter", "silence", "--format", "json"]),
    session("test-junit", &["test", "shelf", "--format", "junit"]),
    session("test-none", &["test", "--filter", "no such text"]),
    session("test-unknown-provider", &["test", "shlef"]),
    session("test-mutants", &["test", "--mutants", "--filter", "/fields/"]),
    session(
        "test-mutants-json",
        &["test", "--mutants", "--filter", "/fields/title", "--every", "3", "--format", "json"],
    ),
    session("test-mutants-none", &["test", "--mutants", "--filter", "no such mutant"]),
    session("test-mutants-too-few", &["test", "--mutants", "--filter", "/errors/", "--at-least", "100"]),
    session("test-mutants-junit", &["test", "--mutants", "--format", "junit"]),
    session("test-every-without-mutants", &["test", "--every", "2"]),
    session("explain-field", &["explain", "condition", "--provider", "shelf"]),
    session("explain-field-json", &["explain", "title", "--provider", "shelf", "--format", "json"]),
    session("explain-field-everywhere", &["explain", "added_at"]),
    session("explain-field-unsupported", &["explain", "series", "--provider", "shelf"]),
    session("explain-field-unknown", &["explain", "conditoin", "--provider", "shelf"]),
    session("explain-overlay", &["explain", "title", "--provider", "shelf", "--overlay", "overlay.toml"]),
    session("explain-overlay-wrong", &["explain", "title", "--provider", "shelf", "--overlay", "overlay-wrong.toml"]),
    session("explain-overlay-nowhere", &["explain", "title", "--provider", "shelf", "--overlay", "nowhere.toml"]),
    session("explain-overlay-of-nobody", &["explain", "title", "--overlay", "overlay.toml"]),
    session(
        "plan-overlay",
        &["plan", "shelf", "7", "--overlay", "overlay.toml", "--data", r#"{"title": null, "pages": 3}"#],
    ),
    session("coverage", &["coverage"]),
    session("coverage-json", &["coverage", "--format", "json"]),
    session("coverage-md", &["coverage", "--format", "md", "--against", "contract.json"]),
    session("coverage-html", &["coverage", "--format", "html", "--against", "contract.json"]),
    session("coverage-field", &["coverage", "condition", "added_at"]),
    session("coverage-field-json", &["coverage", "condition", "--provider", "shelf", "--format", "json"]),
    session("coverage-provider", &["coverage", "--provider", "shelf"]),
    session("coverage-against", &["coverage", "--against", "contract.json", "--max-read-only", "1"]),
    session("coverage-against-fewer", &["coverage", "--against", "contract.json", "--max-read-only", "0"]),
    session("coverage-against-beyond", &["coverage", "--against", "contract-beyond.json"]),
    session("coverage-against-json", &["coverage", "title", "--against", "contract-beyond.json", "--format", "json"]),
    session(
        "coverage-against-unknown",
        &["coverage", "title", "--provider", "shelf", "--against", "contract-of-others.json"],
    ),
    session("coverage-contract-broken", &["coverage", "--against", "contract-broken.json"]),
    session("coverage-contract-incomplete", &["coverage", "--against", "contract-incomplete.json"]),
    session("coverage-contract-nowhere", &["coverage", "--against", "nowhere.json"]),
    session("coverage-no-contract", &["coverage", "--max-read-only", "9"]),
    session("coverage-unknown-field", &["coverage", "conditoin"]),
    session("coverage-unknown-provider", &["coverage", "--provider", "shlef"]),
    session("coverage-unknown-resource", &["coverage", "--resource", "library/boks"]),
    session("coverage-broken", &["coverage", "--mappings", "broken"]),
    session("sandbox-not-loopback", &["sandbox", "shelf", "--listen", "0.0.0.0:0"]),
    session("schema-unified", &["schema", "unified"]),
    session("schema-unknown", &["schema", "unified", "library/boks"]),
    session(
        "fault-cut-after",
        &["patch", "shelf", "7", "--sandbox", "--fault", "cut-after@write", "--data", r#"{"title": "On Winds"}"#],
    ),
    session(
        "fault-breakdown-json",
        &[
            "patch",
            "shelf",
            "7",
            "--sandbox",
            "--format",
            "json",
            "--fault",
            "500@write",
            "--data",
            r#"{"title": "On Winds"}"#,
        ],
    ),
    session("fault-plain", &["get", "shelf", "7", "--sandbox", "--fault", "503"]),
    session(
        "fault-two",
        &["get", "shelf", "7", "--sandbox", "--fault", "truncated", "--fault", "html", "--fault", "500@write"],
    ),
    session("fault-list", &["sandbox", "shelf", "--fault", "list"]),
    session("fault-unknown", &["get", "shelf", "7", "--sandbox", "--fault", "nobdy"]),
    session("fault-wrong", &["get", "shelf", "7", "--sandbox", "--fault", "429@patch"]),
    session("fault-account", &["get", "shelf", "7", "--account", "account.toml", "--fault", "429"]),
    Session {
        input: r#"{"title": "On Winds"}"#,
        ..session("plan-standard-input", &["plan", "shelf", "7", "--data", "-"])
    },
    Session {
        environment: &[("CLICOLOR_FORCE", "1")],
        ..session("color-forced", &["patch", "shelf", "7", "--sandbox", "--data", r#"{"title": "On Winds"}"#])
    },
    Session {
        environment: &[("CLICOLOR_FORCE", "1")],
        ..session("coverage-color", &["coverage", "--against", "contract.json", "--max-read-only", "0"])
    },
    Session {
        environment: &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
        ..session("coverage-color-refused", &["coverage", "title"])
    },
    Session {
        environment: &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
        ..session("color-refused", &["check", "nowhere"])
    },
];

/// Sessions without the fixture: what is built in.
const BUILT_IN: &[Session] = &[
    session("help", &["--help"]),
    session("help-get", &["get", "--help"]),
    session(
        "fault-limit",
        &[
            "patch",
            "hubspot",
            "563417219",
            "--sandbox",
            "--fault",
            "daily_limit@write",
            "--data",
            r#"{"first_name":"Ada"}"#,
        ],
    ),
    session("no-command", &[]),
    session("version", &["--version"]),
    session("explain", &["explain", "unknown-key"]),
    session("explain-unknown", &["explain", "loss"]),
    session("explain-nothing-near", &["explain", "zzzzzzzz"]),
    session("explain-all", &["explain"]),
    session("explain-code-misspelt", &["explain", "two-onwers"]),
    session("schema-nothing", &["schema"]),
    session(
        "readme",
        &[
            "patch",
            "hubspot",
            "563417219",
            "--sandbox",
            "--data",
            r#"{"first_name":"Ada","status":"Connected","owner":{"id":"41629779"}}"#,
        ],
    ),
];

#[test]
fn every_session_writes_what_its_file_has() {
    let golden = home().join("golden");
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    let on_shelf = ON_SHELF.iter().map(|session| (session, SHELF.as_slice()));
    let sessions: Vec<_> = on_shelf.chain(BUILT_IN.iter().map(|session| (session, [].as_slice()))).collect();
    for (session, first) in &sessions {
        let arguments: Vec<&str> = first.iter().chain(session.arguments).copied().collect();
        let came = session.transcript(&arguments);
        let path = golden.join(format!("{}.txt", session.name));
        if update {
            fs::write(&path, &came).expect("the file is written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if came != expected {
            wrong.push(format!("{}\n=== expected\n{expected}=== came\n{came}", session.name));
        }
        assert!(!came.contains("canary"), "a secret shows: {came}");
        let wide = came.lines().skip(1).find(|line| session.name == "readme" && line.chars().count() > 100);
        assert_eq!(wide, None, "what the README shows fits into 100 columns");
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), sessions.len(), wrong.join("\n"));
    let named: BTreeSet<String> = sessions.iter().map(|(session, _)| format!("{}.txt", session.name)).collect();
    let files = fs::read_dir(&golden).expect("the directory is there");
    let there: BTreeSet<String> =
        files.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(there, named, "each golden file has its session, and each session its file");
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_./=@:".contains(char);
    if !argument.is_empty() && argument.chars().all(plain) { argument.to_owned() } else { format!("'{argument}'") }
}

/// A directory of this test alone, empty.
fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        fs::remove_dir_all(&path).expect("the old one goes");
    }
    fs::create_dir_all(&path).expect("it is made");
    path
}

/// Standard output, standard error and exit code.
fn output(arguments: &[&str]) -> (String, String, Option<i32>) {
    texts(mapwright(arguments).output().expect("the command runs"))
}

fn texts(output: Output) -> (String, String, Option<i32>) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn the_simulated_state_is_kept_between_runs() {
    let state = scratch("kept").join("state.json");
    let state = state.to_str().expect("UTF-8");
    let fixture = |rest: &[&'static str]| SHELF.iter().copied().chain(rest.iter().copied()).collect::<Vec<_>>();
    let mut patch = fixture(&["patch", "shelf", "7", "--sandbox", "--data", r#"{"title": "On Rain"}"#, "--state"]);
    patch.push(state);
    assert_eq!(output(&patch).2, Some(0));
    let mut get = fixture(&["get", "shelf", "7", "--sandbox", "--format", "json", "--state"]);
    get.push(state);
    let (stdout, stderr, code) = output(&get);
    assert_eq!((stderr.as_str(), code), ("", Some(0)));
    let result: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(result.pointer("/lead/title"), Some(&"On Rain".into()));
}

/// Method, URL and body of each request of a command with `--sandbox --format json`.
fn requests(arguments: &[&str], list: &str, request: &str, body: &str) -> Vec<[serde_json::Value; 3]> {
    let arguments = [arguments, &["--sandbox", "--format", "json"]].concat();
    let value: serde_json::Value = serde_json::from_str(&output(&arguments).0).expect("JSON");
    let items = value.get(list).and_then(serde_json::Value::as_array).expect("a list");
    let member =
        |item: &serde_json::Value, name: &str| item.pointer(&format!("{request}/{name}")).cloned().unwrap_or_default();
    items.iter().map(|item| [member(item, "method"), member(item, "url"), member(item, body)]).collect()
}

#[test]
fn what_plan_shows_with_replies_is_what_patch_sends() {
    let data = r#"{"title": "On Winds", "condition": "worn", "pages": 9007199254740993}"#;
    let shelf = [&SHELF[..], &["plan", "shelf", "7", "--data", data]].concat();
    let hubspot = ["plan", "hubspot", "563417219", "--data", r#"{"first_name": "Ada", "status": "Connected"}"#];
    for (mut arguments, count) in [(shelf, 3), (hubspot.to_vec(), 8)] {
        let planned = requests(&arguments, "requests", "", "body");
        let verb = arguments.iter_mut().find(|word| **word == "plan").expect("the command");
        *verb = "patch";
        let sent = requests(&arguments, "exchanges", "/request", "body/text");
        assert_eq!(planned, sent);
        assert_eq!(planned.len(), count);
    }
}

#[test]
fn a_case_is_brought_up_to_date_where_it_may_be() {
    let mappings = scratch("updated");
    copy(&home().join("mappings"), &mappings);
    let path = mappings.join("shelf/cases/new-title.toml");
    let before = fs::read_to_string(&path).expect("the case");
    let wrong = before
        .replace(r#"body = '''{"name": "On Winds", "state": 2}'''"#, r#"body = '''{"name": "On Winds"}'''"#)
        .replace(r#"  "title": "On Winds","#, r#"  "title": "On Tides","#)
        .replace(
            "outcome = \"written\" },\n  { pointer = \"/condition\"",
            "outcome = \"lossy\" },\n  { pointer = \"/condition\"",
        );
    assert_eq!(wrong.lines().zip(before.lines()).filter(|(one, other)| one != other).count(), 3);
    fs::write(&path, &wrong).expect("written");
    let mappings = mappings.to_str().expect("UTF-8");
    let test = |more: &[&'static str]| {
        let mut arguments = vec!["--mappings", mappings, "--schemas", "schemas", "test"];
        arguments.extend(more);
        output(&arguments)
    };
    let (stdout, _, code) = test(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        stdout,
        "failed shelf/new-title\n  A title and a condition are written in one request, and read again.\n  \
         request 2 (write book): body: - expected, + came\n      {\n    -   \"name\": \"On Winds\"\n    +   \"name\": \"On Winds\",\n    +   \"state\": 2\n      }\n\n\
         shelf  4 cases: 3 passed, 1 failed\n"
    );
    let (stdout, _, code) = test(&["--update"]);
    assert_eq!((code, stdout.lines().last()), (Some(0), Some("shelf  4 cases: 3 passed, 1 updated")));
    let (_, _, code) = test(&[]);
    assert_eq!(code, Some(0));
    let after = fs::read_to_string(&path).expect("the case");
    assert_eq!(after, before, "what was changed is what it was before");
}

#[test]
fn update_fills_an_empty_expectation_and_a_missing_one_is_told_beside_another_request() {
    let mappings = scratch("filled");
    copy(&home().join("mappings"), &mappings);
    let cases = mappings.join("shelf/cases");
    let case = fs::read_to_string(cases.join("new-title.toml")).expect("the case");
    let (head, _) = case.split_once("\n[expect]").expect("a case with an expectation");
    fs::write(cases.join("new-title.toml"), format!("{head}\n[expect]\n")).expect("written");
    let silence = fs::read_to_string(cases.join("silence.toml")).expect("the case");
    let (head, _) = silence.split_once("\n[expect]").expect("a case with an expectation");
    fs::write(cases.join("silence.toml"), head.replace("PATCH https", "PUT https")).expect("written");
    let mappings = mappings.to_str().expect("UTF-8");
    let (stdout, _, code) = output(&["--mappings", mappings, "--schemas", "schemas", "test", "--update"]);
    assert_eq!(code, Some(1), "{stdout}");
    let both = "  request 1 (write book): method: - expected, + came\n    - PUT\n    + PATCH\n  \
                expect: - expected, + came\n    - `[expect]` with `lead` or `error`\n    \
                + no `[expect]` yet: `--update` writes it once the requests are as expected\n";
    assert!(stdout.contains(both), "{stdout}");
    let after = fs::read_to_string(cases.join("new-title.toml")).expect("the case");
    assert_eq!(after, case, "the empty `[expect]` is filled");
}

#[test]
fn update_adds_what_is_missing_and_leaves_other_requests_to_the_author() {
    let mappings = scratch("added");
    copy(&home().join("mappings"), &mappings);
    let cases = mappings.join("shelf/cases");
    let case = fs::read_to_string(cases.join("new-title.toml")).expect("the case");
    let (head, _) = case.split_once("\n[expect]").expect("a case with an expectation");
    fs::write(cases.join("new-title.toml"), head.replace("body = '''{\"name\": \"On Winds\", \"state\": 2}'''\n", ""))
        .expect("written");
    let silence = fs::read_to_string(cases.join("silence.toml")).expect("the case");
    fs::write(cases.join("silence.toml"), silence.replace("PATCH https", "PUT https")).expect("written");
    let mappings = mappings.to_str().expect("UTF-8");
    let (stdout, _, code) = output(&["--mappings", mappings, "--schemas", "schemas", "test", "--update"]);
    assert_eq!(code, Some(1), "{stdout}");
    assert!(
        stdout.contains("request 1 (write book): method: - expected, + came\n    - PUT\n    + PATCH\n"),
        "{stdout}"
    );
    assert_eq!(stdout.lines().last(), Some("shelf  4 cases: 2 passed, 1 updated, 1 failed"));
    let after = fs::read_to_string(cases.join("new-title.toml")).expect("the case");
    assert_eq!(after, case, "the body stands under `send` again, and `[expect]` at the end");
    let untouched = fs::read_to_string(cases.join("silence.toml")).expect("the case");
    assert_eq!(untouched, silence.replace("PATCH https", "PUT https"));
}

#[test]
fn a_case_may_have_the_name_of_the_simulated_providers_file() {
    let mappings = scratch("case-named-sandbox");
    copy(&home().join("mappings"), &mappings);
    let cases = mappings.join("shelf/cases");
    fs::rename(cases.join("silence.toml"), cases.join("sandbox.toml")).expect("a case");
    let path = mappings.to_str().expect("UTF-8");
    let (stdout, stderr, code) = output(&["--mappings", path, "--schemas", "schemas", "check", "--deny-warnings"]);
    assert_eq!(
        (stdout.lines().next(), stderr.as_str(), code),
        (Some("1 provider, 1 mapping, 4 cases: no findings"), "", Some(0))
    );
}

#[test]
fn a_sandbox_answers_saves_and_can_be_used_with_what_it_prints() {
    let directory = scratch("sandbox");
    let (state, account) = (directory.join("state.json"), directory.join("account.toml"));
    let mut arguments = SHELF.to_vec();
    arguments.extend(["sandbox", "shelf", "--state", state.to_str().expect("UTF-8")]);
    let mut child = mapwright(&arguments).spawn().expect("the command runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut text = String::new();
    while !text.contains("api_key") {
        text.push_str(&lines.next().expect("a line").expect("text"));
        text.push('\n');
    }
    let url = text.split("simulated at ").nth(1).and_then(|rest| rest.split(' ').next()).expect("the URL").to_owned();
    let want = format!(
        "# Shelf is simulated at {url} until ctrl-c.\n\
         # With this text as account.toml, read its first record with\n\
         #   mapwright get shelf 7 --account account.toml --base-url {url}\n\
         provider = \"shelf\"\nauth = \"key\"\n\n[variables]\n\"tenant\" = \"demo\"\n\n[secrets]\n\"api_key\" = \"demo-key-of-the-shelf\"\n"
    );
    assert_eq!(text, want);
    fs::write(&account, &text).expect("written");
    let mut patch = SHELF.to_vec();
    patch.extend(["patch", "shelf", "7", "--format", "json", "--data", r#"{"title": "On Snow"}"#]);
    patch.extend(["--account", account.to_str().expect("UTF-8"), "--base-url", &url]);
    let (stdout, stderr, code) = output(&patch);
    assert_eq!((stderr.as_str(), code), ("", Some(0)), "{stdout}");
    let result: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(result.pointer("/lead/title"), Some(&"On Snow".into()));
    assert!(!stdout.contains("demo-key-of-the-shelf"), "{stdout}");
    let mut saved = String::new();
    for _ in 0..100 {
        saved = fs::read_to_string(&state).unwrap_or_default();
        if saved.contains("On Snow") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().expect("it runs still");
    child.wait().expect("it ends");
    assert!(saved.contains("On Snow"), "{saved}");
}

#[test]
fn a_sandbox_misbehaves_over_its_socket() {
    let arguments = [&SHELF[..], &["sandbox", "shelf", "--fault", "cut-before", "--fault", "truncated"]].concat();
    let mut child = mapwright(&arguments).spawn().expect("the command runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().expect("a line").expect("text");
    let address =
        next().split("http://").nth(1).and_then(|rest| rest.split(' ').next()).expect("an address").to_owned();
    assert_eq!(next(), "# It misbehaves: cut-before truncated");
    let get = || {
        let mut stream = TcpStream::connect(&address).expect("a connection");
        let head =
            "GET /v1/books/7 HTTP/1.1\r\nHost: shelf\r\nX-Api-Key: demo-key-of-the-shelf\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("sent");
        let mut came = String::new();
        stream.read_to_string(&mut came).expect("the connection ends");
        came.split_once("\r\n\r\n").map_or(came.clone(), |(_, body)| body.to_owned())
    };
    let came = [get(), get(), get()];
    child.kill().expect("it runs still");
    child.wait().expect("it ends");
    let book = r#"{"id":7,"name":"On Tides","state":1,"page_count":9007199254740993,"since":1704067200}"#;
    assert_eq!(came, ["", &book[..book.len() / 2], book]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = mapwright(&["schema", "mapping"]).spawn().expect("the command runs");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("text");
    let status = child.wait().expect("the command ends");
    assert_eq!((stderr.as_str(), status.code()), ("", Some(0)));
}

#[test]
fn the_schemas_of_the_files_are_those_that_lie_in_the_project() {
    let there = home().join("../../schemas");
    for (kind, name) in [
        ("mapping", "mapping.schema.json"),
        ("provider", "provider.schema.json"),
        ("case", "case.schema.json"),
        ("coverage", "coverage.schema.json"),
        ("openapi", "openapi.json"),
    ] {
        let (stdout, _, code) = output(&["schema", kind]);
        assert_eq!(code, Some(0));
        let file = fs::read_to_string(there.join(name)).unwrap_or_default();
        assert!(stdout == file, "schemas/{name} is not what `mapwright schema --write schemas` writes");
    }
}

#[test]
fn a_provider_that_cannot_be_reached_is_told_from_one_that_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let mut patch = SHELF.to_vec();
    patch.extend(["patch", "shelf", "7", "--format", "json", "--data", r#"{"title": "On Winds"}"#]);
    patch.extend(["--account", "account-with-key.toml", "--base-url", &url]);
    let (stdout, stderr, code) = output(&patch);
    assert_eq!((stderr.as_str(), code), ("", Some(4)));
    let result: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let member = |pointer: &str| result.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(member("/result"), "failed");
    assert_eq!(member("/error/class"), "unavailable");
    assert_eq!(member("/field_outcomes"), serde_json::json!([{ "pointer": "/title", "outcome": "not_sent" }]));
    assert!(!stdout.contains("canary"), "{stdout}");
}

#[test]
fn every_way_of_authenticating_has_an_example_of_an_account() {
    let library = Library::open(&[home().join("../../mappings")], None).expect("the mappings can be read");
    let directory = home().join("../../examples/accounts");
    let mut shown = BTreeSet::new();
    for entry in fs::read_dir(directory).expect("the examples are there") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("text");
        let id = Account::provider_in(&text).expect("a provider");
        let provider = library.catalog().providers().find(|provider| provider.id == id);
        let provider = provider.unwrap_or_else(|| panic!("{}: no provider `{id}`", path.display()));
        let from_environment = |_: &str| Some("not-a-real-secret".to_owned());
        let account = Account::from_toml("example", &text, provider, &from_environment);
        account.unwrap_or_else(|errors| panic!("{}: {errors}", path.display()));
        let auth = text.lines().find_map(|line| line.strip_prefix("auth = ")).expect("a way of authenticating");
        shown.insert((id, auth.trim_matches('"').to_owned()));
        assert!(text.contains("{ env = "), "{}: secrets come from the environment", path.display());
    }
    let all = library
        .catalog()
        .providers()
        .flat_map(|provider| provider.auth.keys().map(|auth| (provider.id.clone(), auth.clone())));
    assert_eq!(shown, all.collect());
}

/// Copies a directory with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it is made");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), &to).expect("it is copied");
        }
    }
}
