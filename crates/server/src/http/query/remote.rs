//! What goes on to the provider's own query.
//!
//! The contract says that these parameters are passed on without any transformation, so values go on as they came: an
//! empty one as an empty one, and the text that one client writes for null as that text. A list is one value, joined by
//! commas, whichever way the client spelled it; an object goes on with brackets.

use serde_json::Value;

use super::tree::Tree;
use crate::http::problem::Reason;

/// The parameters of a tree, in the order in which each came first.
pub(super) fn remote_query(name: &str, tree: &Tree, reasons: &mut Vec<Reason>) -> Vec<(String, Value)> {
    let said_nothing = tree.values.iter().all(|value| super::read::is_null(value));
    if !tree.items.is_empty() || !said_nothing {
        let message = format!("`{name}` holds the provider's parameters by name: `{name}[NAME]=VALUE`");
        reasons.push(Reason::in_query(name, "wrong-value", message));
    }
    let mut query = Vec::new();
    for (member, tree) in &tree.members {
        flatten(&format!("{name}[{member}]"), member, tree, &mut query, reasons);
    }
    query
}

fn flatten(shown: &str, name: &str, tree: &Tree, query: &mut Vec<(String, Value)>, reasons: &mut Vec<Reason>) {
    let single = !tree.values.is_empty();
    if let Some(one) = tree.only() {
        query.push((name.to_owned(), one.into()));
    } else if let Some(list) = tree.list() {
        query.push((name.to_owned(), list.into_iter().map(Value::from).collect()));
    } else if single || (!tree.items.is_empty() && !tree.members.is_empty()) {
        let message = format!("`{shown}` is given as a value and as an object");
        reasons.push(Reason::in_query(shown, "malformed-parameter", message));
    } else {
        let items = tree.items.iter().enumerate().map(|(index, item)| (index.to_string(), item));
        let members = tree.members.iter().map(|(member, tree)| (member.clone(), tree));
        for (member, tree) in items.chain(members) {
            flatten(&format!("{shown}[{member}]"), &format!("{name}[{member}]"), tree, query, reasons);
        }
    }
}
