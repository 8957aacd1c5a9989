//! Links between records as requests of their own.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::actions::Turn;
use crate::file::{LinkFile, Situation};
use crate::hole::plain_text;
use crate::pointer::Pointer;
use crate::spec::KindsFrom;
use crate::state::Pair;
use crate::template::Template;
use crate::view::pair_value;
use crate::violation::Stop;

impl<'a> Turn<'a> {
    /// Links two records: the pair then has the kinds given and those that every pair has.
    pub(super) fn link(&mut self, name: &str, from: &Template, to: &Template, kinds: &KindsFrom) -> Result<(), Stop> {
        let (link, from, to) = self.ends(name, from, to)?;
        if self.state.record(link.to.get_ref(), &to).is_none() {
            return Err(self.stop(Situation::MissingOther).with("found", to));
        }
        let mut pairs = self.state.links.get(name).cloned().unwrap_or_default();
        let given = match kinds {
            KindsFrom::Body { kind_at, element } => self.kinds(link, kind_at, element)?,
            // Kinds that the route states come on top of those that the pair has.
            KindsFrom::Fixed(kinds) => {
                let pair = pairs.iter().find(|pair| pair.from == from && pair.to == to);
                let had = pair.map_or(&[][..], |pair| &pair.kinds);
                kinds.iter().chain(had).copied().collect()
            }
        };
        let kinds: Vec<i64> =
            link.kinds.iter().filter(|kind| kind.base || given.contains(&kind.id)).map(|kind| kind.id).collect();
        let single = |id: &i64| link.kinds.iter().any(|kind| kind.id == *id && kind.single && given.contains(id));
        for pair in pairs.iter_mut().filter(|pair| pair.from == from && pair.to != to) {
            pair.kinds.retain(|id| !single(id));
        }
        match pairs.iter_mut().find(|pair| pair.from == from && pair.to == to) {
            Some(pair) => pair.kinds.clone_from(&kinds),
            None => pairs.push(Pair { from: from.clone(), to: to.clone(), kinds: kinds.clone() }),
        }
        self.replace(name, link, &from, pairs)?;
        let pair = pair_value(self.spec, name, &to, &kinds);
        self.roots.insert("pair".to_owned(), pair);
        Ok(())
    }

    /// Takes the link between two records away, with all its kinds. One that is not there is no error.
    pub(super) fn unlink(&mut self, name: &str, from: &Template, to: &Template) -> Result<(), Stop> {
        let (link, from, to) = self.ends(name, from, to)?;
        let mut pairs = self.state.links.get(name).cloned().unwrap_or_default();
        pairs.retain(|pair| pair.from != from || pair.to != to);
        self.replace(name, link, &from, pairs)
    }

    /// The links of this name, and the full ids of both records; the first one exists.
    fn ends(&mut self, name: &str, from: &Template, to: &Template) -> Result<(&'a LinkFile, String, String), Stop> {
        let spec = self.spec;
        let Some(link) = spec.links.get(name) else {
            return Err(self.stop(Situation::Missing));
        };
        let to = plain_text(&self.render(to));
        let to = spec.full_id(link.to.get_ref(), &to);
        let from = self.full_id(link.from.get_ref(), from, Situation::BadId)?;
        if self.state.record(link.from.get_ref(), &from).is_none() {
            return Err(self.stop(Situation::Missing));
        }
        Ok((link, from, to))
    }

    fn kinds(&self, link: &LinkFile, kind_at: &Pointer, element: &BTreeMap<String, String>) -> Result<Vec<i64>, Stop> {
        let Value::Array(elements) = &self.body else {
            return Err(self.stop(Situation::BadShape));
        };
        if elements.is_empty() {
            return Err(self.stop(Situation::BadShape));
        }
        let mut kinds = Vec::new();
        for given in elements {
            let says = |(name, text): (&String, &String)| given.get(name).and_then(Value::as_str) == Some(text);
            let kind = kind_at.get(given).and_then(Value::as_i64);
            match kind {
                Some(kind) if element.iter().all(says) && link.kinds.iter().any(|known| known.id == kind) => {
                    kinds.push(kind);
                }
                _ => return Err(self.stop(Situation::BadKind).with("found", given.clone())),
            }
        }
        Ok(kinds)
    }

    /// Stores the links, unless a kind that must stay would be gone.
    fn replace(&mut self, name: &str, link: &LinkFile, from: &str, pairs: Vec<Pair>) -> Result<(), Stop> {
        let has = |pairs: &[Pair], id: i64| pairs.iter().any(|pair| pair.from == from && pair.kinds.contains(&id));
        let before = self.state.links.get(name).map_or(&[][..], Vec::as_slice);
        let gone = |id: i64| has(before, id) && !has(&pairs, id);
        if link.kinds.iter().any(|kind| kind.kept && gone(kind.id)) {
            return Err(self.stop(Situation::KeptLink));
        }
        self.state.links.insert(name.to_owned(), pairs);
        self.state.tick(self.spec);
        Ok(())
    }
}
