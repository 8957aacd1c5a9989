//! Directories of mappings that are not as they should be: an error with its place, or they simply work.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::session::{Ran, root, run, scratch, text};

const PROVIDER: &str = "nutshell";

/// A copy of a shipped provider, each file changed.
fn changed(name: &str, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> PathBuf {
    let to = scratch(&format!("directory-{name}"));
    copy(&root().join("mappings").join(PROVIDER), &to.join(PROVIDER), &change);
    to
}

fn copy(from: &Path, to: &Path, change: &dyn Fn(&str, Vec<u8>) -> Vec<u8>) {
    fs::create_dir_all(to).expect("it is made");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_str().expect("UTF-8");
        if path.is_dir() {
            copy(&path, &to.join(name), change);
        } else {
            fs::write(to.join(name), change(name, fs::read(&path).expect("a file"))).expect("written");
        }
    }
}

/// The same with only one file changed.
fn with(name: &str, file: &str, change: impl Fn(String) -> Vec<u8>) -> PathBuf {
    changed(name, |known, bytes| if known == file { change(String::from_utf8(bytes).expect("UTF-8")) } else { bytes })
}

fn check(directory: &Path) -> Ran {
    run(&["--mappings", text(directory), "check"])
}

/// The first finding says this of that place, whatever command reads the directory.
fn refuses(directory: &Path, code: i32, words: &str, place: &str) {
    let place = if place.is_empty() { directory.to_owned() } else { directory.join(place) };
    for arguments in
        [&["check"][..], &["get", PROVIDER, "1003-leads", "--sandbox"], &["plan", PROVIDER, "1", "--data", "{}"]]
    {
        let ran = run(&[&["--mappings", text(directory)], arguments].concat());
        let mut lines = ran.stderr.lines();
        let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        assert!(first.contains(words), "{words}: {ran:?}");
        assert!(second.trim_start().starts_with(&format!("--> {}:", text(&place))), "{}: {ran:?}", place.display());
        assert_eq!(ran.code, code, "{ran:?}");
    }
}

#[test]
fn byte_order_marks_and_line_ends_make_no_difference() {
    let plain = changed("plain", |_, bytes| bytes);
    let marked = changed("marked", |_, bytes| [b"\xef\xbb\xbf", &bytes[..]].concat());
    let windows =
        changed("windows", |_, bytes| String::from_utf8(bytes).expect("UTF-8").replace('\n', "\r\n").into_bytes());
    let result = |directory: &Path| {
        let arguments =
            ["patch", PROVIDER, "1003-leads", "--sandbox", "--format", "json", "--data", r#"{"title": "On Winds"}"#];
        let mut value = run(&[&["--mappings", text(directory)], &arguments[..]].concat()).json();
        value.as_object_mut().expect("an object").remove("mapping_version");
        value
    };
    let (checked, tested) = (check(&plain), run(&["--mappings", text(&plain), "test"]));
    assert_eq!(checked.code, 0, "{checked:?}");
    for other in [&marked, &windows] {
        assert_eq!(check(other).stdout, checked.stdout);
        let other_tested = run(&["--mappings", text(other), "test"]);
        assert_eq!((&other_tested.stdout, other_tested.code), (&tested.stdout, tested.code));
        assert_eq!(result(other), result(&plain));
    }
}

#[test]
fn what_is_not_there_or_no_directory_is_told() {
    let home = scratch("directory-home");
    refuses(&home.join("nowhere"), 3, "there is no such file or directory", "");
    refuses(&home, 3, "there is no provider's directory here", "");
    fs::create_dir(home.join(PROVIDER)).expect("it is made");
    refuses(&home, 3, "there is no provider's directory here", "");
    fs::write(home.join("file"), "x").expect("written");
    refuses(&home.join("file"), 3, "it is not a directory", "");
    for schemas in ["nowhere", "file"] {
        let ran = run(&["--schemas", text(&home.join(schemas)), "check"]);
        assert_eq!(ran.code, 3, "{ran:?}");
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    for file in ["provider.toml", "leads.toml", "payload.json"] {
        let directory = with("unreadable", file, String::into_bytes);
        let path = directory.join(PROVIDER).join(file);
        fs::remove_file(&path).expect("it goes");
        fs::create_dir(&path).expect("it is made");
        refuses(&directory, 3, "it is a directory", &format!("{PROVIDER}/{file}"));
        fs::remove_dir(&path).expect("it goes");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
        refuses(&directory, 3, "it is not a file", &format!("{PROVIDER}/{file}"));
    }
}

#[test]
fn links_that_lead_back_are_told() {
    let directory = changed("links", |_, bytes| bytes);
    for name in ["a", "b", "c", "d"] {
        symlink(".", directory.join(PROVIDER).join(name)).expect("a link");
    }
    let ran = check(&directory);
    assert!(ran.stderr.contains("the link leads back to a directory that it lies in"), "{ran:?}");
    assert_eq!(ran.code, 3);
    let itself = scratch("directory-itself").join("itself");
    symlink("itself", &itself).expect("a link");
    assert_eq!(check(&itself).code, 3);
    // A link that leads to another provider's directory simply works.
    let linked = scratch("directory-linked");
    symlink(root().join("mappings").join(PROVIDER), linked.join(PROVIDER)).expect("a link");
    assert_eq!(check(&linked).code, 0);
}

#[test]
fn bytes_that_are_no_text_are_told_by_their_place() {
    let late = |text: String| [text.as_bytes(), b"# caf\xe9\n"].concat();
    for file in ["provider.toml", "leads.toml"] {
        refuses(&with("latin", file, late), 3, "the file is not UTF-8", &format!("{PROVIDER}/{file}"));
    }
    let payload = check(&with("latin", "payload.json", late));
    assert!(payload.stderr.contains("error[not-utf-8]: the file is not UTF-8\n"), "{payload:?}");
    assert_eq!(payload.code, 3);
    let wide = |text: String| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    refuses(&with("wide", "leads.toml", wide), 3, "", &format!("{PROVIDER}/leads.toml"));
    let nothing = |_| Vec::new();
    refuses(&with("nothing", "leads.toml", nothing), 1, "is missing", &format!("{PROVIDER}/leads.toml"));
    refuses(&with("nothing", "provider.toml", nothing), 1, "is missing", &format!("{PROVIDER}/provider.toml"));
}

#[test]
fn large_and_deep_files_are_told() {
    let place = format!("{PROVIDER}/leads.toml");
    let large = |_| vec![b'#'; 10 << 20];
    refuses(&with("large", "leads.toml", large), 3, "the file is larger than 8388608 bytes", &place);
    for (name, deep) in [
        ("lists", format!("z = {}{}", "[".repeat(100_000), "]".repeat(100_000))),
        ("tables", format!("z = {}1{}", "{a=".repeat(100_000), "}".repeat(100_000))),
        ("keys", format!("z{} = 1", ".a".repeat(100_000))),
    ] {
        let directory = with(name, "leads.toml", |text| format!("{deep}\n{text}").into_bytes());
        refuses(&directory, 3, "toml-syntax", &place);
    }
    let json = with("json", "payload.json", |_| vec![b'['; 1 << 20]);
    let ran = check(&json);
    assert!(
        ran.stderr.starts_with("error[payload-invalid]: the file is not JSON: recursion limit exceeded"),
        "{ran:?}"
    );
    assert_eq!(ran.code, 1);
}
