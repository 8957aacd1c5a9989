//! What differs between two states.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::state::{Pair, State};

/// Members by JSON Pointer, as they are now; `None` where they are gone.
type Members = BTreeMap<String, Option<Value>>;

/// The members of records and links that are other than before.
pub(crate) fn difference(before: &State, now: &State) -> Members {
    let mut found = Members::new();
    both(&before.collections, &now.collections, |name, before, now| {
        let none = BTreeMap::new();
        both(before.map_or(&none, |kept| &**kept), now.map_or(&none, |kept| &**kept), |id, before, now| {
            members(before, now, &format!("/collections/{}/{}", escaped(name), escaped(id)), &mut found);
        });
    });
    both(&before.links, &now.links, |name, before, now| {
        let (before, now) = (by_ids(before), by_ids(now));
        both(&before, &now, |ids, before, now| {
            members(before, now, &format!("/links/{}/{ids}", escaped(name)), &mut found);
        });
    });
    found
}

/// Every name of either map, with what each has under it, where that is not the same.
fn both<T: PartialEq>(
    before: &BTreeMap<String, T>,
    now: &BTreeMap<String, T>,
    mut differs: impl FnMut(&str, Option<&T>, Option<&T>),
) {
    if before == now {
        return;
    }
    for name in before.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let (before, now) = (before.get(name), now.get(name));
        if before != now {
            differs(name, before, now);
        }
    }
}

fn members(before: Option<&Value>, now: Option<&Value>, at: &str, found: &mut Members) {
    if before == now {
        return;
    }
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    let (old, new) = (object(before), object(now));
    // Where neither is an object, or one is a value of another kind, it is one member.
    let is_other = |value: Option<&Value>| value.is_some_and(|value| !value.is_object());
    if old.is_none() && new.is_none() || is_other(before) || is_other(now) {
        found.insert(at.to_owned(), now.cloned());
        return;
    }
    let (old, new): (Map<_, _>, Map<_, _>) = (old.unwrap_or_default(), new.unwrap_or_default());
    for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        members(old.get(name), new.get(name), &format!("{at}/{}", escaped(name)), found);
    }
}

/// The kinds of each link by the ids that it links.
fn by_ids(pairs: Option<&Vec<Pair>>) -> BTreeMap<String, Value> {
    let pairs = pairs.into_iter().flatten();
    pairs.map(|pair| (format!("{}/{}", escaped(&pair.from), escaped(&pair.to)), json!(pair.kinds))).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(records: &Value, links: &[(&str, &str, i64)]) -> State {
        let pair = |(from, to, kind): &(&str, &str, i64)| Pair {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            kinds: vec![*kind],
        };
        State {
            collections: [("books".to_owned(), serde_json::from_value(records.clone()).expect("records"))].into(),
            links: [("authors".to_owned(), links.iter().map(pair).collect())].into(),
            access_tokens: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            codes: BTreeMap::new(),
            now_ms: 0,
            serial: 0,
            requests: 0,
            tokens: 0,
        }
    }

    #[test]
    fn members_that_differ_are_told_each_by_its_place() {
        let before = at(&json!({"7": {"a": 1, "b": {"c": [1], "d": 2}, "e": null}}), &[("7", "1", 5)]);
        let now = at(&json!({"7": {"a": 1, "b": {"c": [2]}, "e/f": 3}, "8": {"a": 4}}), &[("7", "2", 5)]);
        let told = Members::from([
            ("/collections/books/7/b/c".to_owned(), Some(json!([2]))),
            ("/collections/books/7/b/d".to_owned(), None),
            ("/collections/books/7/e".to_owned(), None),
            ("/collections/books/7/e~1f".to_owned(), Some(json!(3))),
            ("/collections/books/8/a".to_owned(), Some(json!(4))),
            ("/links/authors/7/1".to_owned(), None),
            ("/links/authors/7/2".to_owned(), Some(json!([5]))),
        ]);
        assert_eq!(difference(&before, &now), told);
        assert_eq!(difference(&now, &now), Members::new());
    }
}
