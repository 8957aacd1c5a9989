//! A group: several unified leaves in one text of the provider, with a stated inverse.

use super::{Resolver, Slot};
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::raw::{RawField, RawGroup, RawJoin, RawJoinWord, RawSlot};

/// Several unified leaves in one text.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The dotted names of the leaves, in the order of the text.
    pub parts: Vec<String>,
    /// How they are joined.
    pub join: Join,
    /// Where the text lies.
    pub slot: Slot,
}

/// How several leaves become one text, and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// One blank between; split at the first blank. Lossy.
    Words,
    /// A line each.
    Lines,
    /// A separator between; split at its first occurrence.
    Separator(String),
}

impl Join {
    /// The text of the parts; none when every part is empty.
    ///
    /// ```
    /// use mapwright_mapping::mapping::Join;
    /// let join = Join::Separator(" x".into());
    /// assert_eq!(join.join(&[Some("123".into()), Some("7".into())]), Some("123 x7".into()));
    /// assert_eq!(join.join(&[Some("123".into()), None]), Some("123".into()));
    /// assert_eq!(join.join(&[None, None]), None);
    /// ```
    pub fn join(&self, parts: &[Option<String>]) -> Option<String> {
        let filled: Vec<&str> = parts.iter().map(|part| part.as_deref().unwrap_or_default()).collect();
        if filled.iter().all(|part| part.is_empty()) {
            return None;
        }
        Some(match self {
            Join::Words => filled.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
            // A part in the middle keeps its place; empty ones at the end leave no trace.
            Join::Lines => trimmed(&filled).join("\n"),
            Join::Separator(separator) => trimmed(&filled).join(separator),
        })
    }

    /// The parts of a text; `count` is how many there are. Separators that end a text stay with its last part that has
    /// anything, and a text of nothing else is the first part whole: they are not lost when the parts are sent back.
    ///
    /// ```
    /// use mapwright_mapping::mapping::Join;
    /// assert_eq!(Join::Lines.split("a\nb\nc", 2), [Some("a".to_owned()), Some("b\nc".to_owned())]);
    /// assert_eq!(Join::Lines.split("a\n", 2), [Some("a\n".to_owned()), None]);
    /// assert_eq!(Join::Lines.split("\n", 2), [Some("\n".to_owned()), None]);
    /// assert_eq!(Join::Words.split("Jane", 2), [Some("Jane".to_owned()), None]);
    /// ```
    pub fn split(&self, text: &str, count: usize) -> Vec<Option<String>> {
        let mut pieces: Vec<String> = match self {
            Join::Words => text.trim().splitn(count, ' ').map(|piece| piece.trim().to_owned()).collect(),
            Join::Lines => kept(&text.replace("\r\n", "\n"), "\n", count),
            Join::Separator(separator) => kept(text, separator, count),
        };
        pieces.resize(count, String::new());
        pieces.into_iter().map(|piece| (!piece.is_empty()).then_some(piece)).collect()
    }

    /// Why the join is lossy, where it always is.
    pub fn loss(&self) -> Option<&'static str> {
        match self {
            Join::Words => Some("a part that holds a blank, or a missing first part, reads back split differently"),
            Join::Lines | Join::Separator(_) => None,
        }
    }
}

/// The pieces of a text between separators, with those that end it in the last piece that has anything.
fn kept(text: &str, separator: &str, count: usize) -> Vec<String> {
    let mut pieces: Vec<String> = text.splitn(count, separator).map(str::to_owned).collect();
    let last = pieces.iter().rposition(|piece| !piece.is_empty()).unwrap_or(0);
    for _ in last.saturating_add(1)..pieces.len() {
        pieces.pop();
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(separator);
        }
    }
    pieces
}

fn trimmed<'p>(parts: &[&'p str]) -> Vec<&'p str> {
    let end = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
    parts.iter().take(end).copied().collect()
}

impl Resolver<'_> {
    /// Checks a group as it is written at `at`.
    pub(super) fn group(&mut self, name: &str, raw: &RawGroup, at: &str) -> Group {
        let slot = RawSlot {
            path: Some(raw.path.clone()),
            clear: raw.clear.clone(),
            loss: raw.loss.clone(),
            source: raw.source.clone(),
            unconfirmed: raw.unconfirmed.clone(),
            ..RawSlot::default()
        };
        let slot = self.slot(&RawField::Table(Box::new(slot)), at);
        let join = self.join(&raw.join, &pointer(at, "join"));
        if raw.parts.len() < 2 {
            let place = self.doc.place(&pointer(at, "parts"));
            self.error(Code::GroupPart, place, "a group joins two leaves or more");
        }
        for (i, part) in raw.parts.iter().enumerate() {
            if self.model.leaf(part).is_none() {
                let place = self.doc.place(&pointer(&pointer(at, "parts"), &i.to_string()));
                self.unknown_unified(part, place);
            }
        }
        Group { name: name.to_owned(), parts: raw.parts.clone(), join, slot }
    }

    /// Checks a join.
    pub(super) fn join(&mut self, raw: &RawJoin, at: &str) -> Join {
        match raw {
            RawJoin::Word(RawJoinWord::Words) => Join::Words,
            RawJoin::Word(RawJoinWord::Lines) => Join::Lines,
            RawJoin::Separator(separator) => {
                if separator.sep.is_empty() {
                    let place = self.doc.place(&pointer(at, "sep"));
                    self.error(Code::GroupJoin, place, "an empty separator cannot be found again");
                }
                Join::Separator(separator.sep.clone())
            }
        }
    }
}
