//! Brackets in names: `a[b][c]=d`, `a[]=d`, `a[0]=d`.

use super::pairs::{Pair, short};
use crate::http::problem::Reason;

/// How deep brackets may nest.
pub(super) const DEEPEST: usize = 8;

/// What was said under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    /// Values without a further bracket, in their order.
    pub(super) values: Vec<String>,
    /// Items in empty brackets, in their order.
    pub(super) items: Vec<Tree>,
    /// What stands in brackets with a text, in the order in which each came first.
    pub(super) members: Vec<(String, Tree)>,
}

/// The parameters by name, in the order in which each came first.
pub(super) fn trees(pairs: Vec<Pair>, reasons: &mut Vec<Reason>) -> Vec<(String, Tree)> {
    let mut root = Tree::default();
    for Pair { name, value } in pairs {
        let Some((base, segments)) = split(&name) else {
            let message = format!("the brackets of `{}` do not match", short(&name));
            reasons.push(Reason::in_query(short(&name), "malformed-parameter", message));
            continue;
        };
        if segments.len() > DEEPEST {
            let message = format!("the brackets of `{}` nest deeper than {DEEPEST}", short(base));
            reasons.push(Reason::in_query(short(&name), "too-deep", message));
            continue;
        }
        root.member(base).insert(&segments, value);
    }
    root.members
}

/// The name before the brackets, and what stands in each of them.
fn split(name: &str) -> Option<(&str, Vec<&str>)> {
    let Some(at) = name.find('[') else { return (!name.contains(']')).then(|| (name, Vec::new())) };
    let (base, mut rest) = name.split_at(at);
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let (segment, after) = rest.strip_prefix('[')?.split_once(']')?;
        if segment.contains('[') {
            return None;
        }
        segments.push(segment);
        rest = after;
    }
    (!base.is_empty() && !base.contains(']')).then_some((base, segments))
}

impl Tree {
    fn insert(&mut self, segments: &[&str], value: String) {
        match segments {
            [] => self.values.push(value),
            ["", rest @ ..] => {
                let mut item = Tree::default();
                item.insert(rest, value);
                self.items.push(item);
            }
            [name, rest @ ..] => self.member(name).insert(rest, value),
        }
    }

    fn member(&mut self, name: &str) -> &mut Tree {
        let index = self.members.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.members.push((name.to_owned(), Tree::default()));
            self.members.len() - 1
        });
        &mut self.members[index].1
    }

    /// The only value, where there is no more.
    pub(super) fn only(&self) -> Option<&str> {
        match (self.values.as_slice(), self.items.as_slice(), self.members.as_slice()) {
            ([one], [], []) => Some(one),
            _ => None,
        }
    }

    /// Whether it is given several times as a single value.
    pub(super) fn is_doubled(&self) -> bool {
        self.values.len() > 1
    }

    /// The members as the items of a list, where they are numbered from zero without a gap.
    pub(super) fn numbered(&self) -> Option<Vec<&Tree>> {
        let mut numbered: Vec<(usize, &Tree)> = Vec::new();
        for (name, tree) in &self.members {
            let number = name.parse::<usize>().ok().filter(|number| number.to_string() == *name)?;
            numbered.push((number, tree));
        }
        numbered.sort_by_key(|(number, _)| *number);
        let whole = numbered.iter().enumerate().all(|(index, (number, _))| index == *number);
        whole.then(|| numbered.into_iter().map(|(_, tree)| tree).collect())
    }

    /// The values of a list of single values, in any of its spellings.
    pub(super) fn list(&self) -> Option<Vec<&str>> {
        let mut list: Vec<&str> = self.values.iter().map(String::as_str).collect();
        for item in self.items.iter().chain(self.numbered()?) {
            list.push(item.only()?);
        }
        Some(list)
    }
}
