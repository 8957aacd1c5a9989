//! Changes of what TOML or JSON says: another value, another key, a part more or less.

use serde_json::Value;

use super::dictionary::{JSON_VALUES, KEYS, PIECES, VALUES};
use super::write;
use crate::chance::Chance;

/// A value whose keys may come twice and whose leaves may be anything.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Object(Vec<(String, Tree)>),
    Array(Vec<Tree>),
    /// Written as it is.
    Leaf(String),
}

/// One change of a TOML file; none where it is no TOML.
pub(super) fn changed_toml(chance: &mut Chance, bytes: &[u8]) -> Option<Vec<u8>> {
    let table: toml::Table = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    let mut tree = of_toml(&toml::Value::Table(table));
    change(chance, &mut tree, false);
    Some(write::toml(&tree))
}

/// One change of the JSON behind a head; none where it is no JSON.
pub(super) fn changed_json(chance: &mut Chance, bytes: &[u8]) -> Option<Vec<u8>> {
    let start = bytes.windows(2).position(|two| two == b"\n\n").map_or(0, |at| at + 2);
    let (head, body) = bytes.split_at(start);
    let mut tree = of_json(&serde_json::from_slice(body).ok()?);
    change(chance, &mut tree, true);
    Some([head, &write::json(&tree)].concat())
}

fn of_toml(value: &toml::Value) -> Tree {
    match value {
        toml::Value::Table(table) => {
            Tree::Object(table.iter().map(|(key, inner)| (key.clone(), of_toml(inner))).collect())
        }
        toml::Value::Array(items) => Tree::Array(items.iter().map(of_toml).collect()),
        toml::Value::String(text) => Tree::Leaf(write::quoted(text)),
        toml::Value::Integer(number) => Tree::Leaf(number.to_string()),
        toml::Value::Float(number) => Tree::Leaf(format!("{number:?}")),
        toml::Value::Boolean(flag) => Tree::Leaf(flag.to_string()),
        toml::Value::Datetime(moment) => Tree::Leaf(moment.to_string()),
    }
}

fn of_json(value: &Value) -> Tree {
    match value {
        Value::Object(members) => {
            Tree::Object(members.iter().map(|(key, inner)| (key.clone(), of_json(inner))).collect())
        }
        Value::Array(items) => Tree::Array(items.iter().map(of_json).collect()),
        other => Tree::Leaf(other.to_string()),
    }
}

/// Makes one change somewhere.
fn change(chance: &mut Chance, tree: &mut Tree, is_json: bool) {
    let count = size(tree);
    let other = at(tree, chance.below(count)).cloned();
    let mut number = chance.below(count);
    let Some(place) = at_mut(tree, &mut number) else { return };
    match chance.below(9) {
        0 | 1 => *place = Tree::Leaf(leaf(chance, is_json)),
        2 => *place = other.unwrap_or(Tree::Array(Vec::new())),
        3 => *place = Tree::Array(vec![place.clone(); chance.below(4)]),
        4 => *place = deep(chance, place.clone()),
        5 => text_changed(chance, place),
        6 => {
            if let Tree::Leaf(text) = place {
                *text = write::quoted(text);
            }
        }
        _ => part_changed(chance, place, other, is_json),
    }
}

/// A part of an object or an array: gone, twice, under another key, new.
fn part_changed(chance: &mut Chance, place: &mut Tree, other: Option<Tree>, is_json: bool) {
    let new = other.filter(|_| chance.one_in(2)).unwrap_or_else(|| Tree::Leaf(leaf(chance, is_json)));
    match place {
        Tree::Object(members) => {
            let at = chance.below(members.len());
            let key = chance.pick(KEYS).copied().unwrap_or_default().to_owned();
            match chance.below(4) {
                0 if !members.is_empty() => {
                    members.remove(at);
                }
                1 => members.extend(members.get(at).cloned()),
                2 => members.iter_mut().skip(at).take(1).for_each(|member| member.0.clone_from(&key)),
                _ => members.insert(at, (key, new)),
            }
        }
        Tree::Array(items) => {
            let at = chance.below(items.len());
            match chance.below(4) {
                0 if !items.is_empty() => {
                    items.remove(at);
                }
                1 => {
                    let item = items.get(at).cloned().unwrap_or(new);
                    let times = [1, 2, 30, 400][chance.below(4)];
                    items.extend(std::iter::repeat_n(item, times));
                }
                2 => items.clear(),
                _ => items.insert(at, new),
            }
        }
        Tree::Leaf(text) => *text = leaf(chance, is_json),
    }
}

/// A leaf's text with a piece in it, or very long.
fn text_changed(chance: &mut Chance, place: &mut Tree) {
    let Tree::Leaf(text) = place else { return };
    let mut plain = text.trim_matches('"').to_owned();
    let at = plain.floor_char_boundary(chance.below(plain.len() + 1));
    let piece = chance.pick(PIECES).copied().unwrap_or_default();
    if chance.one_in(6) {
        plain = plain.repeat([2, 50, 1000][chance.below(3)]);
    }
    plain.insert_str(at, piece);
    *text = write::quoted(&plain);
}

fn leaf(chance: &mut Chance, is_json: bool) -> String {
    let values = if is_json && chance.one_in(3) { JSON_VALUES } else { VALUES };
    chance.pick(values).copied().unwrap_or_default().to_owned()
}

fn deep(chance: &mut Chance, mut inner: Tree) -> Tree {
    let as_array = chance.one_in(2);
    for _ in 0..[1, 3, 63, 64, 126][chance.below(5)] {
        inner = if as_array { Tree::Array(vec![inner]) } else { Tree::Object(vec![("a".to_owned(), inner)]) };
    }
    inner
}

fn size(tree: &Tree) -> usize {
    1 + match tree {
        Tree::Object(members) => members.iter().map(|(_, member)| size(member)).sum(),
        Tree::Array(items) => items.iter().map(size).sum(),
        Tree::Leaf(_) => 0,
    }
}

fn at(tree: &Tree, number: usize) -> Option<&Tree> {
    let mut rest = vec![tree];
    let mut seen = 0;
    while let Some(next) = rest.pop() {
        if seen == number {
            return Some(next);
        }
        seen += 1;
        match next {
            Tree::Object(members) => rest.extend(members.iter().map(|(_, member)| member)),
            Tree::Array(items) => rest.extend(items),
            Tree::Leaf(_) => {}
        }
    }
    None
}

fn at_mut<'t>(tree: &'t mut Tree, number: &mut usize) -> Option<&'t mut Tree> {
    let mut rest = vec![tree];
    while let Some(next) = rest.pop() {
        if *number == 0 {
            return Some(next);
        }
        *number -= 1;
        match next {
            Tree::Object(members) => rest.extend(members.iter_mut().map(|(_, member)| member)),
            Tree::Array(items) => rest.extend(items),
            Tree::Leaf(_) => {}
        }
    }
    None
}
