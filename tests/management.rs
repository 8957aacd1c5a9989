//! The store, managed from the command line: sessions of several commands on one store, each with its whole output.
//! Planted secrets are searched for in all that is written.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

const ONE: &str = "11111111-1111-4111-8111-111111111111";
const TWO: &str = "22222222-2222-4222-8222-222222222222";

/// A directory with a store in it. All that commands write is kept.
struct Home {
    path: PathBuf,
    written: RefCell<String>,
}

/// What a command wrote, and its exit code.
#[derive(Debug, PartialEq)]
struct Written {
    stdout: String,
    stderr: String,
    code: i32,
}

/// A result and nothing else.
fn fine(stdout: &str) -> Written {
    Written { stdout: stdout.to_owned(), stderr: String::new(), code: 0 }
}

/// An error.
fn wrong(stderr: &str, code: i32) -> Written {
    Written { stdout: String::new(), stderr: stderr.to_owned(), code }
}

impl Home {
    fn new() -> Home {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("mapwright-management-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a directory");
        for (name, text) in [
            ("key-of-one", "canary-one\n"),
            (
                "account.toml",
                "provider = \"shelf\"\nauth = \"key\"\n[variables]\ntenant = \"bonn\"\n[secrets]\napi_key = { env = \"SHELF_KEY\" }\n",
            ),
            ("overlay.toml", "[fields]\ntitle = \"nmae\"\n"),
        ] {
            fs::write(path.join(name), text).expect("a file");
        }
        Home { path, written: RefCell::new(String::new()) }
    }

    /// A command with the mappings that are built in.
    fn shipped(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
        self.prepare(command.args(arguments));
        command
    }

    fn prepare(&self, command: &mut Command) {
        command.current_dir(&self.path).env_clear().env("MAPWRIGHT_STORE", "sqlite:store.db");
        command.env("PATH", "/usr/bin:/bin").env("SHELF_KEY", "canary-two");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let fixture =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli").canonicalize().expect("the fixture");
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
        command.arg("--mappings").arg(fixture.join("mappings")).arg("--schemas").arg(fixture.join("schemas"));
        self.prepare(command.args(arguments));
        command
    }

    fn run(&self, arguments: &[&str]) -> Written {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Written {
        self.finish(self.command(arguments), input)
    }

    fn finish(&self, mut command: Command, input: &str) -> Written {
        let mut child = command.spawn().expect("the command runs");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("input is taken");
        let output = child.wait_with_output().expect("the command ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let written = Written {
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            code: output.status.code().expect("a code"),
        };
        let mut all = self.written.borrow_mut();
        all.push_str(&written.stdout);
        all.push_str(&written.stderr);
        written
    }

    /// What a command writes as JSON, with dates in one form.
    fn json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--format", "json"]);
        let written = self.run(&arguments);
        assert_eq!((written.stderr.as_str(), written.code), ("", 0));
        let mut value = serde_json::from_str(&written.stdout).expect("JSON");
        undate(&mut value);
        value
    }

    /// Adds the first account, with a secret from a file.
    fn add_one(&self) {
        let added = self.run(&[
            "accounts",
            "add",
            "--tenant",
            "acme",
            "--provider",
            "shelf",
            "--auth",
            "key",
            "--label",
            "Books",
            "--var",
            "tenant=demo",
            "--secret",
            "api_key=@key-of-one",
            "--id",
            ONE,
        ]);
        assert_eq!(added, fine(&format!("{ONE}\n")));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let written = self.written.borrow();
            assert!(!written.contains("canary"), "{written}");
            for entry in fs::read_dir(&self.path).expect("the directory") {
                let path = entry.expect("an entry").path();
                let is_input = ["key-of-one", "key-of-one-again"].iter().any(|name| path.ends_with(name));
                let bytes = fs::read(&path).expect("a file");
                assert!(is_input || !String::from_utf8_lossy(&bytes).contains("canary"), "{}", path.display());
            }
        }
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn undate(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if ["created", "updated"].contains(&name.as_str()) && value.is_string() {
                    *value = json!("DATE");
                } else {
                    undate(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(undate),
        _ => {}
    }
}

fn one() -> Value {
    json!({
        "id": ONE, "tenant": "acme", "provider": "shelf", "label": "Books", "auth": "key", "state": "active",
        "state_reason": null, "variables": { "tenant": "demo" }, "overlay": null, "local": null, "revision": 1,
        "created": "DATE", "updated": "DATE",
    })
}

fn with(mut value: Value, members: Value) -> Value {
    let (Value::Object(all), Value::Object(members)) = (&mut value, members) else { panic!("objects") };
    all.extend(members);
    value
}

#[test]
fn accounts_are_added_listed_shown_changed_and_removed() {
    let home = Home::new();
    assert_eq!(home.run(&["accounts", "list"]), wrong("error: there is no store at store.db\n", 2));
    home.add_one();
    let secret = ["accounts", "add", "--tenant", "other", "--file", "account.toml", "--id", TWO, "--format", "json"];
    let added = home.run(&secret);
    assert_eq!((added.stderr.as_str(), added.code), ("", 0));
    assert_eq!(
        home.run(&["accounts", "list"]),
        fine(&format!(
            "id                                    tenant  provider  state   label\n\
             {ONE}  acme    shelf     active  Books\n\
             {TWO}  other   shelf     active\n"
        ))
    );
    let two = with(one(), json!({ "id": TWO, "tenant": "other", "label": "", "variables": { "tenant": "bonn" } }));
    assert_eq!(home.json(&["accounts", "list"]), json!({ "schema_version": 1, "accounts": [one(), two] }));
    assert_eq!(
        home.json(&["accounts", "list", "--tenant", "acme"]),
        json!({ "schema_version": 1, "accounts": [one()] })
    );
    let shown = with(one(), json!({ "secrets": ["api_key"] }));
    assert_eq!(home.json(&["accounts", "show", ONE]), json!({ "schema_version": 1, "account": shown }));
    let changed = home.json(&["accounts", "set", ONE, "--label", "New", "--var", "tenant=koeln", "--revision", "1"]);
    let want = with(shown, json!({ "label": "New", "variables": { "tenant": "koeln" }, "revision": 2 }));
    assert_eq!(changed, json!({ "schema_version": 1, "account": want }));
    assert_eq!(
        home.run(&["accounts", "set", ONE, "--label", "Late", "--revision", "1"]),
        wrong("error: the account has been changed since: it is at revision 2\n", 2)
    );
    assert_eq!(home.run(&["accounts", "remove", TWO]), fine(&format!("{TWO} is removed\n")));
    assert_eq!(home.run(&["accounts", "remove", TWO]), wrong("error: there is no such account\n", 2));
    assert_eq!(home.run(&["accounts", "show", TWO]), wrong("error: there is no such account\n", 2));
}

#[test]
fn a_shown_account_is_a_line_for_each_part() {
    let home = Home::new();
    home.add_one();
    let shown = home.run(&["accounts", "show", ONE]);
    let lines: Vec<&str> = shown.stdout.lines().filter(|line| !line.contains("ated  ")).collect();
    let want = [
        format!("id             {ONE}"),
        "tenant         acme".to_owned(),
        "provider       shelf".to_owned(),
        "label          Books".to_owned(),
        "auth           key".to_owned(),
        "state          active".to_owned(),
        "variables      tenant=demo".to_owned(),
        "revision       1".to_owned(),
        "secrets        api_key".to_owned(),
    ];
    assert_eq!((lines, shown.code), (want.iter().map(String::as_str).collect(), 0));
}

#[test]
fn what_is_wrong_is_told_at_once_and_nothing_is_kept() {
    let home = Home::new();
    home.add_one();
    let add = ["accounts", "add", "--tenant", "acme"];
    let told = |rest: &[&str]| home.run(&[&add[..], rest].concat());
    assert_eq!(
        told(&["--provider", "shelf", "--auth", "key", "--var", "tenant=9"]),
        wrong(
            "error: variable `tenant`: \"9\" is not legal; it has to be a text that matches `[a-z]+`; found at: the first part \
             of the address of your library\n       the secret `api_key` is missing; `key` needs it\n",
            2
        )
    );
    assert_eq!(
        told(&["--provider", "shelv"]),
        wrong("error: there is no provider `shelv`; did you mean `shelf`?\n", 2)
    );
    assert_eq!(told(&[]), wrong("error: --provider is missing\n", 2));
    assert_eq!(
        told(&["--file", "account.toml", "--overlay", "overlay.toml"]),
        wrong(
            "error[unknown-path]: `book.read` of payload.json has no `nmae`\n --> overlay.toml:2:10\n  |\n2 | title = \"nmae\"\n  \
             |          ^^^^\n  |\n  = help: did you mean `name`?\n\nerror: 1 error\n",
            1
        )
    );
    assert_eq!(
        told(&["--file", "account.toml", "--local", "https://shelf.example"]),
        wrong("error: this is not the address of a server on this machine, as http://127.0.0.1:8080\n", 2)
    );
    assert_eq!(
        told(&["--file", "account.toml", "--id", ONE]),
        wrong("error: there is an account of that id already\n", 2)
    );
    let listed = home.json(&["accounts", "list"]);
    assert_eq!(listed, json!({ "schema_version": 1, "accounts": [one()] }));
}

#[test]
fn a_secret_is_never_an_argument() {
    let home = Home::new();
    let refused = home.run(&[
        "accounts",
        "add",
        "--tenant",
        "acme",
        "--provider",
        "shelf",
        "--auth",
        "key",
        "--var",
        "tenant=demo",
        "--secret",
        "api_key=canary",
    ]);
    home.written.borrow_mut().clear();
    assert_eq!(refused, wrong("error: --secret takes NAME=@FILE or NAME=-, never the secret itself\n", 2));
}

#[test]
fn an_account_without_a_refresh_token_waits_for_it() {
    let home = Home::new();
    home.write("client", "client");
    let added = home.run_with(
        &[
            "accounts",
            "add",
            "--tenant",
            "acme",
            "--provider",
            "shelf",
            "--auth",
            "oauth",
            "--var",
            "tenant=demo",
            "--secret",
            "client_id=@client",
            "--secret",
            "client_secret=-",
            "--id",
            ONE,
        ],
        "canary-client\n",
    );
    let hint = format!(
        "the account is still to be connected: `mapwright accounts connect {ONE} --redirect-uri URL` asks its owner, and \
         `mapwright accounts set {ONE} --secret refresh_token=-` takes a refresh token from standard input\n"
    );
    assert_eq!(added, Written { stdout: format!("{ONE}\n"), stderr: hint, code: 0 });
    assert_eq!(
        home.run(&["accounts", "test", ONE]),
        Written {
            stdout: "connecting: the account has no refresh token yet\nthe account is connecting\n".to_owned(),
            stderr: String::new(),
            code: 2,
        }
    );
    let set = ["accounts", "set", ONE, "--secret", "refresh_token=-"];
    assert_eq!(home.run_with(&set, "canary-refresh\n").code, 0);
    let shown = home.json(&["accounts", "show", ONE]);
    assert_eq!(shown["account"]["state"], json!("active"));
    assert_eq!(shown["account"]["secrets"], json!(["client_id", "client_secret", "refresh_token"]));
}

/// A simulated provider in a process of its own.
struct Sandbox {
    child: Child,
    url: String,
}

impl Sandbox {
    fn start(mut command: Command) -> Sandbox {
        let mut child = command.spawn().expect("the command runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
        Sandbox { child, url }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_test_asks_the_provider_and_keeps_what_it_says() {
    let home = Home::new();
    home.add_one();
    let sandbox = Sandbox::start(home.command(&["sandbox", "shelf"]));
    assert_eq!(home.run(&["accounts", "set", ONE, "--local", &sandbox.url]).code, 0);
    let refused = home.run(&["accounts", "test", ONE]);
    assert_eq!((refused.code, refused.stderr.as_str()), (4, ""));
    assert!(refused.stdout.starts_with("needs reauth: "), "{refused:?}");
    assert!(refused.stdout.ends_with("\nthe account is needs_reauth\n"), "{refused:?}");
    assert_eq!(home.json(&["accounts", "show", ONE])["account"]["state"], json!("needs_reauth"));
    let set = ["accounts", "set", ONE, "--secret", "api_key=-"];
    assert_eq!(home.run_with(&set, "demo-key-of-the-shelf\n").code, 0);
    assert_eq!(
        home.run(&["accounts", "test", ONE]),
        fine("good: the provider takes the credentials, and has no such record\nthe account is active\n")
    );
    let tested = home.json(&["accounts", "test", ONE, "--record", "7"]);
    assert_eq!((&tested["verdict"], &tested["account"]["state"]), (&json!("good"), &json!("active")));
    assert_eq!(tested["detail"], json!("the provider takes the credentials"));
}

#[test]
fn an_account_is_connected_with_the_code_that_comes_back() {
    let home = Home::new();
    home.write("client", "11111111-2222-4333-8444-555566667777");
    home.write("client-secret", "sandbox-client-secret");
    let sandbox = Sandbox::start(home.shipped(&["sandbox", "hubspot"]));
    let back = ["--redirect-uri", "http://localhost:9/back"];
    let add = [
        "accounts",
        "add",
        "--tenant",
        "acme",
        "--provider",
        "hubspot",
        "--auth",
        "oauth",
        "--secret",
        "client_id=@client",
        "--secret",
        "client_secret=@client-secret",
        "--id",
        ONE,
        "--local",
        &sandbox.url,
    ];
    let refused = home.finish(home.shipped(&[&add[..], &back[..]].concat()), "canary-code\n");
    assert_eq!((refused.stdout.as_str(), refused.code), ("", 4), "{refused:?}");
    assert!(refused.stderr.starts_with("Open this address, and agree:\n\nhttps://"), "{refused:?}");
    let end = format!("\n       the account {ONE} is kept, and still to be connected\n");
    assert!(refused.stderr.ends_with(&end), "{refused:?}");
    let connect = [&["accounts", "connect", ONE][..], &back[..]].concat();
    let connected = home.finish(home.shipped(&connect), "sandbox-code-0\n");
    assert_eq!((connected.stdout, connected.code), (format!("{ONE} is active\n"), 0));
    let tested = home.finish(home.shipped(&["accounts", "test", ONE]), "");
    assert_eq!(
        tested,
        fine("good: the provider takes the credentials, and has no such record\nthe account is active\n")
    );
    let written = home.written.borrow();
    assert!(!written.contains("sandbox-client-secret") && !written.contains("sandbox-refresh"), "{written}");
}

#[test]
fn a_token_is_printed_once() {
    let home = Home::new();
    let added = home.run(&["tokens", "add", "--tenant", "acme", "--name", "worker"]);
    let token = added.stdout.trim_end().to_owned();
    let parts: Vec<&str> = token.split('_').collect();
    let [kind, id, secret] = parts.as_slice() else { panic!("three parts") };
    assert_eq!((*kind, id.len(), secret.len()), ("mw", 12, 32));
    let hint = format!("the token is shown this once; `mapwright tokens revoke {id}` takes it out of use\n");
    assert_eq!((added.stderr, added.code), (hint, 0));
    let admin = home.json(&["tokens", "add", "--admin"]);
    assert!(admin["token"]["token"].as_str().is_some_and(|text| text.starts_with("mwa_")), "{admin}");
    let row =
        json!({ "id": id, "tenant": "acme", "admin": false, "name": "worker", "created": "DATE", "last_used": null });
    home.written.borrow_mut().clear();
    assert_eq!(home.json(&["tokens", "list", "--tenant", "acme"]), json!({ "schema_version": 1, "tokens": [row] }));
    let listed = home.run(&["tokens", "list"]).stdout;
    assert_eq!(listed.lines().count(), 3, "{listed}");
    assert!(!home.written.borrow().contains(secret));
    assert_eq!(home.run(&["tokens", "revoke", id]), fine(&format!("{id} is out of use\n")));
    assert_eq!(home.run(&["tokens", "revoke", id]), wrong("error: there is no such token\n", 2));
    assert_eq!(home.run(&["tokens", "add"]).code, 2);
    assert_eq!(home.run(&["tokens", "add", "--admin", "--tenant", "acme"]).code, 2);
}

#[test]
fn a_key_is_exchanged_for_another() {
    let home = Home::new();
    home.add_one();
    let old = fs::read_to_string(home.path("store.db.key")).expect("the key");
    let id = old.split_once(':').expect("an id").0;
    let mode = fs::metadata(home.path("store.db.key")).expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let status = |rest: &[&str]| home.json(&[&["keys", "status"], rest].concat())["keys"].clone();
    assert_eq!(status(&[]), json!([{ "id": id, "at_hand": true, "current": true, "rows": 1 }]));
    let new = home.run(&["keys", "new", "--id", "zzz-2027"]).stdout;
    home.write("both.key", &format!("{new}{old}"));
    home.write("new.key", &new);
    let both = ["--key-file", "both.key"];
    assert_eq!(home.run(&["keys", "reseal", "--key-file", "both.key"]), fine("1 row sealed with the key zzz-2027\n"));
    let want = json!([
        { "id": id, "at_hand": true, "current": false, "rows": 0 },
        { "id": "zzz-2027", "at_hand": true, "current": true, "rows": 1 },
    ]);
    assert_eq!(status(&both), want);
    assert_eq!(
        home.run(&["keys", "status", "--key-file", "both.key"]),
        fine(&format!("{:8}  rows\n{:8}  0     may go\n{:8}  1     seals\n", "key", id, "zzz-2027"))
    );
    let shown = home.json(&["accounts", "show", ONE, "--key-file", "new.key"]);
    assert_eq!(shown["account"]["secrets"], json!(["api_key"]));
    let written = home.written.borrow().clone();
    home.written.borrow_mut().clear();
    let secret = old.trim().split_once(':').expect("a key").1;
    assert!(!written.contains(secret));
}

#[test]
fn a_lost_key_is_told_and_new_secrets_are_taken() {
    let home = Home::new();
    home.add_one();
    let id =
        fs::read_to_string(home.path("store.db.key")).expect("the key").split_once(':').expect("an id").0.to_owned();
    fs::remove_file(home.path("store.db.key")).expect("removed");
    assert_eq!(
        home.run(&["accounts", "list"]),
        wrong(
            "error: the store store.db is there, and its key store.db.key is not: say where it is with --key-file, \
             MAPWRIGHT_KEY_FILE or MAPWRIGHT_KEY\n",
            2
        )
    );
    let new = home.run(&["keys", "new", "--id", "zzz-2027"]).stdout;
    home.write("new.key", &new);
    home.written.borrow_mut().clear();
    let key = ["--key-file", "new.key"];
    let run = |arguments: &[&str]| home.run(&[arguments, &key[..]].concat());
    assert_eq!(
        run(&["keys", "status"]),
        Written {
            stdout: format!("{:8}  rows\n{:8}  1     not at hand\n{:8}  0     seals\n", "key", id, "zzz-2027"),
            stderr: String::new(),
            code: 1,
        }
    );
    assert_eq!(
        run(&["keys", "reseal"]),
        Written {
            stdout: format!(
                "0 rows sealed with the key zzz-2027\n1 row of the key {id} left as they are: they do not open\n"
            ),
            stderr: String::new(),
            code: 1,
        }
    );
    assert_eq!(
        run(&["accounts", "test", ONE]),
        wrong(&format!("error: the key `{id}` that sealed accounts/{ONE}/secrets is not at hand\n"), 2)
    );
    assert!(run(&["accounts", "show", ONE]).stdout.contains("they do not open"));
    home.write("key-of-one-again", "canary-again");
    assert_eq!(run(&["accounts", "set", ONE, "--secret", "api_key=@key-of-one-again"]).code, 0);
    assert_eq!(run(&["keys", "status"]).code, 0);
}

#[test]
fn a_copy_is_restored() {
    let home = Home::new();
    home.add_one();
    assert_eq!(
        home.run(&["store", "backup", "copy.db"]),
        fine("the store is copied to copy.db; its keys are not in it\n")
    );
    assert_eq!(
        home.run(&["store", "backup", "copy.db"]),
        wrong("error: copy.db cannot be written: File exists (os error 17)\n", 2)
    );
    assert_eq!(home.run(&["accounts", "remove", ONE]).code, 0);
    let restored = ["accounts", "show", ONE, "--store", "sqlite:copy.db", "--key-file", "store.db.key"];
    let shown = home.json(&restored);
    assert_eq!(shown["account"], with(one(), json!({ "secrets": ["api_key"] })));
}
