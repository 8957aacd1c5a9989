//! Local variables: what `:=`, `@`, `#` and the parameters of a function bind.

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
    bound: Vec<(String, Places)>,
    /// Names that the block binds anywhere.
    later: Vec<String>,
}

impl Scopes {
    /// The scope of a whole expression.
    pub(super) fn new() -> Self {
        Self {
            scopes: vec![Scope::default()],
            outside: 0,
        }
    }

    /// Runs `f` in a block that binds `later` anywhere.
    pub(super) fn open(&mut self, later: Vec<String>) {
        self.scopes.push(Scope {
            later,
            ..Scope::default()
        });
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
            scope.bound.push((name.to_owned(), places));
        }
    }

    /// What the local variable `name` stands for; `None` when there is none.
    pub(super) fn find(&self, name: &str) -> Option<Places> {
        self.scopes.iter().enumerate().rev().find_map(|(depth, scope)| {
            let bound = scope.bound.iter().rev().find(|(known, _)| known == name);
            let later = depth < self.outside && scope.later.iter().any(|known| known == name);
            bound
                .map(|(_, places)| places.clone())
                .or_else(|| later.then(Places::unknown))
        })
    }

    /// All names that are bound here.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.scopes
            .iter()
            .flat_map(|scope| scope.bound.iter().map(|(name, _)| name.as_str()))
    }
}
