//! A tree as TOML or JSON again.

use std::fmt::Write as _;

use super::tree::Tree;

/// As a TOML file: each table of the file under its header, all below it in one line.
pub(super) fn toml(tree: &Tree) -> Vec<u8> {
    let mut text = String::new();
    let Tree::Object(members) = tree else {
        inline(tree, " = ", &mut text);
        return text.into_bytes();
    };
    // What is no table stands before the first header.
    let (tables, plain): (Vec<_>, Vec<_>) = members.iter().partition(|(_, member)| matches!(member, Tree::Object(_)));
    for (key, member) in plain {
        entry(key, member, &mut text);
    }
    for (key, member) in tables {
        let Tree::Object(entries) = member else { continue };
        let _ = writeln!(text, "[{}]", quoted(key));
        for (key, member) in entries {
            entry(key, member, &mut text);
        }
    }
    text.into_bytes()
}

fn entry(key: &str, member: &Tree, text: &mut String) {
    let _ = write!(text, "{} = ", quoted(key));
    inline(member, " = ", text);
    text.push('\n');
}

/// As JSON.
pub(super) fn json(tree: &Tree) -> Vec<u8> {
    let mut text = String::new();
    inline(tree, ": ", &mut text);
    text.into_bytes()
}

fn inline(tree: &Tree, between: &str, text: &mut String) {
    match tree {
        Tree::Leaf(leaf) => text.push_str(leaf),
        Tree::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                inline(item, between, text);
            }
            text.push(']');
        }
        Tree::Object(members) => {
            text.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                text.push_str(&quoted(key));
                text.push_str(between);
                inline(member, between, text);
            }
            text.push('}');
        }
    }
}

/// A text in quotes, as both formats read it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}
