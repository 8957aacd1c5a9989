//! Local variables: what `:=`, `@`, `#` and the parameters of a function bind.

use std::collections::{BTreeMap, BTreeSet};

use super::places::Places;

/// The scopes around the part that is looked at, innermost last.
#[derive(Debug)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
    /// How many scopes lie outside the innermost function. A function runs after the block around
    /// it has bound its variables, so it sees those that are bound further down.
    outside: usize,
}

#[derive(Debug, Default)]
struct Scope {
    bound: BTreeMap<String, Places>,
    /// Names that the block binds anywhere.
    later: BTreeSet<String>,
}

impl Scopes {
    /// The scope of a whole expression.
    pub(super) fn new() -> Self {
        Self { scopes: vec![Scope::default()], outside: 0 }
    }

    /// Opens a block that binds the names `later` anywhere.
    pub(super) fn open(&mut self, later: BTreeSet<String>) {
        self.scopes.push(Scope { later, ..Scope::default() });
    }

    /// Opens the scope of a function and returns what [`Scopes::leave`] needs.
    pub(super) fn enter(&mut self) -> usize {
        let outside = std::mem::replace(&mut self.outside, self.scopes.len());
        self.scopes.push(Scope::default());
        outside
    }

    /// Closes the innermost block.
    pub(super) fn close(&mut self) {
        self.scopes.pop();
    }

    /// Closes the innermost function.
    pub(super) fn leave(&mut self, outside: usize) {
        self.scopes.pop();
        self.outside = outside;
    }

    /// Binds `name` in the innermost scope.
    pub(super) fn bind(&mut self, name: &str, places: Places) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.bound.insert(name.to_owned(), places);
        }
    }

    /// What the local variable `name` stands for; `None` when there is none.
    pub(super) fn find(&self, name: &str) -> Option<Places> {
        self.scopes.iter().enumerate().rev().find_map(|(depth, scope)| {
            let later = depth < self.outside && scope.later.contains(name);
            let bound = scope.bound.get(name).cloned();
            bound.or_else(|| later.then(Places::unknown))
        })
    }

    /// All names that are bound here.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().flat_map(|scope| scope.bound.keys().map(String::as_str))
    }
}
