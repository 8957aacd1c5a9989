//! Account files that are not as they should be: everything at once, and never what stands in the place of a secret.

use std::fs;

use super::server::Server;
use super::session::{Ran, run, run_with, scratch, text};

/// Reads with an account file at a server that may hear nothing.
fn get(bytes: &[u8], environment: &[(&str, &str)]) -> Ran {
    let path = scratch("accounts").join("account.toml");
    fs::write(&path, bytes).expect("written");
    let server = Server::deaf();
    let ran = run_with(
        &["get", "hubspot", "7", "--account", text(&path), "--base-url", &server.url(), "--deadline", "1"],
        b"",
        environment,
    );
    Ran { stderr: ran.stderr.replace(text(&path), "FILE"), ..ran }
}

#[test]
fn what_is_wrong_is_told_and_no_secret_is() {
    for (account, want) in [
        ("", "error: FILE: `provider` is needed: the provider that the account is at\n"),
        (
            "provider = ['hubspot']\nauth = 1\nvariables = []\nsecrets = 'CANARY'\ntokn = 'CANARY'\n",
            "error: FILE: there is no key `tokn`; known here: provider, auth, variables, secrets\n       \
             FILE: `provider` is a text\n       FILE: `auth` is a text\n       FILE: `variables` is a table\n       \
             FILE: `secrets` is a table\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n",
            "error: FILE: the secret `token` is missing; `private_app` needs it\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n[secrets]\ntokn = 'CANARY'\n",
            "error: FILE: the secret `token` is missing; `private_app` needs it\n       \
             FILE: `private_app` uses no secret `tokn`; did you mean `token`?\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n[secrets]\ntoken = { env = 'CANARY_OF_NOBODY', x = 1 }\n",
            "error: FILE: `secrets.token` is a text or { env = \"NAME\" }\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n[secrets]\ntoken = { env = 'NOT_SET' }\n",
            "error: FILE: the secret `token` is to come from `NOT_SET`, which is not set\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n[secrets]\ntoken = { env = 'pat-eu1-CANARY' }\n",
            "error: FILE: the secret `token` is to come from `***`, which is not set\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n[secrets]\ntoken = 'CANARY\n",
            "error: FILE: line 4, column 16: this cannot be read as TOML\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n[secrets]\ntoken = \"CANARY\\n\"\n",
            "error: FILE: the secret `token` is empty or holds a control character, such as a line break at its end\n",
        ),
        (
            "provider = 'hubspot'\nauth = 'private_app'\n[variables]\nlead_source_property = 'Key-Other'\n[secrets]\ntoken = 'x'\n",
            "error: FILE: variable `lead_source_property`: \"Key-Other\" is not legal; it has to be a text that \
             matches `[a-z][a-z0-9_]*`; found at: the internal name of the property, in the settings under Properties, object Lead\n",
        ),
    ] {
        let ran = get(account.as_bytes(), &[]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (2, "", want), "{account}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let latin = get(b"provider = 'hubspot'\n[secrets]\ntoken = 'CANARY\xff'\n", &[]);
    assert!(latin.stderr.starts_with("error[file-unreadable]: the file is not UTF-8\n --> FILE:"), "{latin:?}");
    assert_eq!(latin.code, 3);
    for (path, words) in [("nowhere.toml", "there is no such file or directory"), (".", "it is a directory")] {
        let ran = run(&["get", "hubspot", "7", "--account", path]);
        assert!(ran.stderr.starts_with(&format!("error[file-unreadable]: {words}\n --> {path}:1:1")), "{ran:?}");
        assert_eq!(ran.code, 3);
    }
}

#[test]
fn a_secret_of_the_environment_is_used_and_line_ends_make_no_difference() {
    let account =
        b"\xef\xbb\xbfprovider = 'hubspot'\r\nauth = 'private_app'\r\n[secrets]\r\ntoken = { env = 'TOKEN' }\r\n";
    let ran = get(account, &[("TOKEN", "key-CANARY/+")]);
    assert_eq!((ran.code, ran.stderr.as_str()), (4, ""), "it is sent, and nobody hears it");
    assert!(ran.stdout.contains("Authorization: Bearer ***"), "{ran:?}");
}

#[test]
fn a_base_that_is_not_this_machine_is_refused() {
    let path = scratch("bases").join("account.toml");
    fs::write(&path, "provider = 'hubspot'\nauth = 'private_app'\n[secrets]\ntoken = 'key-CANARY'\n").expect("written");
    for base in [
        "http://other.example",
        "http://10.0.0.1",
        "http://127.0.0.1@other.example",
        "file:///etc",
        "http://[::ffff:10.0.0.1]",
        "",
    ] {
        let ran = run(&["get", "hubspot", "7", "--account", text(&path), "--base-url", base]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{base}: {ran:?}");
        assert!(
            ran.stderr.starts_with("error: --base-url: this is not the address of a server on this machine"),
            "{ran:?}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_early_is_no_error() {
    use std::io::Read as _;
    use std::process::{Command, Stdio};
    for arguments in [
        &["check", "--format", "json"][..],
        &["patch", "hubspot", "563417219", "--sandbox", "--full", "--data", "{}"],
        &["test", "nutshell"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command runs");
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("text");
        let code = child.wait().expect("it ends").code();
        assert_eq!(stderr, "", "{arguments:?}");
        assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {code:?}");
    }
}
