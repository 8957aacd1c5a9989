//! Values that are put over a JSON value by pointer, and how two values differ.

use serde_json::{Map, Value};

/// In the place of a value: there is no such member.
pub(crate) const GONE: &str = "(gone)";

/// Puts a value at a pointer; a member that is not there is made, [`GONE`] takes one away.
pub(crate) fn put(into: &mut Value, pointer: &str, value: &Value) {
    let (above, name) = pointer.rsplit_once('/').unwrap_or_else(|| panic!("`{pointer}` is no pointer"));
    let name = name.replace("~1", "/").replace("~0", "~");
    let Some(above) = into.pointer_mut(above) else { panic!("nothing stands above `{pointer}`") };
    match above {
        Value::Object(members) if value == GONE => {
            assert!(members.remove(&name).is_some(), "`{pointer}` is not there");
        }
        Value::Object(members) => {
            members.insert(name, value.clone());
        }
        Value::Array(items) => {
            let index: usize = name.parse().unwrap_or_else(|_| panic!("`{pointer}` is no place in a list"));
            items[index] = value.clone();
        }
        _ => panic!("nothing can stand at `{pointer}`"),
    }
}

/// Every place at which two values differ, with both.
pub(crate) fn differences(want: &Value, is: &Value) -> Vec<String> {
    let mut all = Vec::new();
    walk(Some(want), Some(is), "", &mut all);
    all
}

fn walk(want: Option<&Value>, is: Option<&Value>, at: &str, all: &mut Vec<String>) {
    if want == is {
        return;
    }
    if let (Some(Value::Object(want)), Some(Value::Object(is))) = (want, is) {
        let names: std::collections::BTreeSet<&String> = want.keys().chain(is.keys()).collect();
        for name in names {
            walk(want.get(name), is.get(name), &format!("{at}/{name}"), all);
        }
        return;
    }
    let shown = |value: Option<&Value>| value.map_or_else(|| GONE.to_owned(), Value::to_string);
    all.push(format!("{at}: want {}, is {}", shown(want), shown(is)));
}

/// Takes away what stands at a pointer in which `*` stands for every member.
pub(crate) fn blank(value: &mut Value, parts: &[&str]) {
    let Some((first, rest)) = parts.split_first() else { return };
    let each = |members: &mut Map<String, Value>| match (*first, rest.is_empty()) {
        ("*", _) => members.values_mut().for_each(|member| blank(member, rest)),
        (name, true) => drop(members.remove(name)),
        (name, false) => {
            if let Some(member) = members.get_mut(name) {
                blank(member, rest);
            }
        }
    };
    value.as_object_mut().map(each).unwrap_or_default();
}
