//! Paths into a provider's JSON: `[record:]a.b[0].c`, `a[key=value].c`, `a['dotted.key']`, `{variable}`, `^` for
//! the answer's root, `[*]` for every element, `*` for every key that nobody owns.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde_json::Value;

use crate::template::{Piece, Template};
use crate::variables::Bound;

/// A parsed path. Names may hold `{variable}`s of the account; they are put in when the path is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The record named before the colon; none means the main record.
    pub record: Option<String>,
    /// Whether the path starts at the root of the answer (`^`) and not at the record.
    pub root: bool,
    /// The steps, outermost first.
    pub segments: Vec<Segment>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A member of an object.
    Key(Template),
    /// An element of an array, from zero.
    Index(usize),
    /// The first element whose member `key` has (or, negated, has not) the text `value`.
    Match {
        /// The member that is compared.
        key: String,
        /// The text it is compared with; numbers and booleans compare by their JSON text.
        value: String,
        /// Whether the comparison is `!=`.
        negate: bool,
    },
    /// Every element of an array (`[*]`); only in the rows of a table and in error fields.
    Every,
    /// Every key that no entry owns (`*`); only in an open map.
    Rest,
}

/// Why a path does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// What is wrong.
    pub message: String,
    /// Where, as bytes of the text.
    pub range: Range<usize>,
}

impl Path {
    /// Parses a path.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        Parser { text, at: 0 }.path()
    }

    /// The value that the path leads to, or none. `[*]` takes the first element.
    pub fn get<'v>(&self, value: &'v Value, bound: &Bound) -> Option<&'v Value> {
        walk(&self.segments, value, bound)
    }

    /// Where the value lies that the path leads to, or none.
    pub(crate) fn locate(&self, value: &Value, bound: &Bound) -> Option<Location> {
        let mut places = Vec::with_capacity(self.segments.len());
        let mut value = value;
        for segment in &self.segments {
            let (place, inner) = first(segment, value, bound)?;
            places.push(match place {
                Place::Name(name) => Place::Name(Cow::Owned(name.into_owned())),
                Place::Position(at) => Place::Position(at),
            });
            value = inner;
        }
        Some(Location(places))
    }

    /// Every value that the path leads to, in order; `[*]` and a match fan out.
    pub fn all<'v>(&self, value: &'v Value, bound: &Bound) -> Vec<&'v Value> {
        let mut found = vec![value];
        for segment in &self.segments {
            found = found.into_iter().flat_map(|v| every(segment, v, bound)).collect();
        }
        found
    }

    /// The names of the path with the account's variables put in, when it consists of names only.
    pub fn names(&self, bound: &Bound) -> Option<Vec<String>> {
        self.segments
            .iter()
            .map(|segment| match segment {
                Segment::Key(name) => Some(bound.name(name).into_owned()),
                _ => None,
            })
            .collect()
    }

    /// The first name below the record: what a selection list asks for.
    pub fn head(&self, bound: &Bound) -> Option<String> {
        match self.segments.first() {
            Some(Segment::Key(name)) if !self.root => Some(bound.name(name).into_owned()),
            _ => None,
        }
    }

    /// The variables that the path uses.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flat_map(|segment| match segment {
            Segment::Key(name) => name.names().collect::<Vec<_>>(),
            _ => Vec::new(),
        })
    }

    /// Whether the path consists of names only, so that it can be written to.
    pub fn is_writable(&self) -> bool {
        !self.root && !self.segments.is_empty() && self.segments.iter().all(|s| matches!(s, Segment::Key(_)))
    }
}

/// Follows `segments` from `value`; the first match wins.
pub(crate) fn walk<'v>(segments: &[Segment], value: &'v Value, bound: &Bound) -> Option<&'v Value> {
    segments.iter().try_fold(value, |v, segment| first(segment, v, bound).map(|(_, inner)| inner))
}

/// Where a value lies in another one: names and positions, outermost first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Location(Vec<Place<'static>>);

/// One of them.
#[derive(Clone, Debug)]
enum Place<'n> {
    Name(Cow<'n, str>),
    Position(usize),
}

impl Location {
    /// The value there, in the value that it was located in.
    pub(crate) fn get<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |value, place| match place {
            Place::Name(name) => value.get(&**name),
            Place::Position(at) => value.get(*at),
        })
    }

    /// The place that lies at `inner` in the value there.
    pub(crate) fn join(&self, inner: Location) -> Location {
        Location(self.0.iter().cloned().chain(inner.0).collect())
    }
}

/// The first value that a step leads to, and its place.
fn first<'p, 'v: 'p>(segment: &'p Segment, value: &'v Value, bound: &'p Bound) -> Option<(Place<'p>, &'v Value)> {
    let (at, inner) = match segment {
        Segment::Key(name) => {
            let name = bound.name(name);
            let inner = value.get(&*name)?;
            return Some((Place::Name(name), inner));
        }
        Segment::Index(at) => (*at, value.get(*at)?),
        Segment::Match { key, value: want, negate } => {
            let mut items = value.as_array()?.iter().enumerate();
            items.find(|(_, item)| (text_of(item.get(key)) == Some(Cow::Borrowed(want))) != *negate)?
        }
        Segment::Every => (0, value.as_array()?.first()?),
        Segment::Rest => {
            let (name, inner) = value.as_object()?.iter().next()?;
            return Some((Place::Name(Cow::Borrowed(name)), inner));
        }
    };
    Some((Place::Position(at), inner))
}

fn every<'v>(segment: &Segment, value: &'v Value, bound: &Bound) -> Vec<&'v Value> {
    match segment {
        Segment::Key(name) => value.get(bound.name(name).as_ref()).into_iter().collect(),
        Segment::Index(n) => value.get(*n).into_iter().collect(),
        Segment::Match { key, value: want, negate } => value
            .as_array()
            .map(|items| {
                items.iter().filter(|item| (text_of(item.get(key)) == Some(Cow::Borrowed(want))) != *negate).collect()
            })
            .unwrap_or_default(),
        Segment::Every => value.as_array().map(|items| items.iter().collect()).unwrap_or_default(),
        Segment::Rest => value.as_object().map(|o| o.values().collect()).unwrap_or_default(),
    }
}

/// A scalar as text: strings as they are, numbers and booleans in their JSON form.
pub fn text_of(value: Option<&Value>) -> Option<Cow<'_, str>> {
    match value? {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(truth) => Some(Cow::Owned(truth.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(record) = &self.record {
            write!(f, "{record}:")?;
        }
        if self.root {
            f.write_str("^")?;
        }
        for (i, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(name) => {
                    let text = name.to_string();
                    if text.contains(['.', '[', ']', ':', '*', '^']) {
                        write!(f, "['{text}']")?;
                    } else {
                        write!(f, "{}{text}", if i > 0 { "." } else { "" })?;
                    }
                }
                Segment::Index(n) => write!(f, "[{n}]")?,
                Segment::Match { key, value, negate } => {
                    write!(f, "[{key}{}{value}]", if *negate { "!=" } else { "=" })?;
                }
                Segment::Every => f.write_str("[*]")?,
                Segment::Rest => f.write_str(if i > 0 { ".*" } else { "*" })?,
            }
        }
        Ok(())
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn error<T>(&self, from: usize, to: usize, message: impl Into<String>) -> Result<T, PathError> {
        Err(PathError { message: message.into(), range: from..to.min(self.text.len()).max(from) })
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn path(mut self) -> Result<Path, PathError> {
        if self.text.trim() != self.text || self.text.is_empty() {
            return self.error(0, self.text.len(), "a path is not empty and has no blanks around it");
        }
        let head = self.text.find(['.', '[', '{', '^', '*']).unwrap_or(self.text.len());
        let record = match self.text.get(..head).and_then(|h| h.find(':')) {
            Some(0) => return self.error(0, 1, "the record's name before `:` is missing"),
            Some(colon) => {
                self.at = colon + 1;
                self.text.get(..colon).map(str::to_owned)
            }
            None => None,
        };
        let root = self.rest().starts_with('^');
        self.at += usize::from(root);
        if root && self.rest().starts_with('.') {
            self.at += 1;
        }
        let mut segments = Vec::new();
        let mut first = true;
        while self.at < self.text.len() {
            if self.rest().starts_with('[') {
                segments.push(self.bracket()?);
            } else {
                if !first {
                    if !self.rest().starts_with('.') {
                        return self.error(self.at, self.at + 1, "expected `.` or `[` here");
                    }
                    self.at += 1;
                }
                segments.push(self.name()?);
            }
            first = false;
        }
        Ok(Path { record, root, segments })
    }

    fn name(&mut self) -> Result<Segment, PathError> {
        let start = self.at;
        let mut depth = 0_usize;
        let mut end = self.text.len();
        for (i, c) in self.rest().char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                '.' | '[' if depth == 0 => {
                    end = start + i;
                    break;
                }
                ']' | '*' | '^' | ':' if depth == 0 && !(c == '*' && i == 0) => {
                    return self.error(
                        start + i,
                        start + i + 1,
                        format!("`{c}` cannot stand here; quote the name: ['…']"),
                    );
                }
                _ => {}
            }
        }
        let text = self.text.get(start..end).unwrap_or_default();
        self.at = end;
        if text == "*" {
            return Ok(Segment::Rest);
        }
        if text.is_empty() {
            return self.error(start, start + 1, "a name is missing here");
        }
        if text.starts_with('*') {
            return self.error(start, end, "`*` stands alone");
        }
        match Template::parse(text) {
            Ok(template) => Ok(Segment::Key(template)),
            Err(e) => self.error(start + e.range.start, start + e.range.end, e.message),
        }
    }

    fn bracket(&mut self) -> Result<Segment, PathError> {
        let open = self.at;
        let inner = open + 1;
        if self.text.get(inner..).is_some_and(|t| t.starts_with('\'')) {
            let Some(close) = self.text.get(inner + 1..).and_then(|t| t.find("']")) else {
                return self.error(open, self.text.len(), "the quoted name has no end: `']`");
            };
            let name = self.text.get(inner + 1..inner + 1 + close).unwrap_or_default();
            self.at = inner + 1 + close + 2;
            if name.is_empty() {
                return self.error(open, self.at, "the quoted name is empty");
            }
            return match Template::parse(name) {
                Ok(template) => Ok(Segment::Key(template)),
                Err(e) => self.error(inner + 1 + e.range.start, inner + 1 + e.range.end, e.message),
            };
        }
        let Some(close) = self.text.get(inner..).and_then(|t| t.find(']')) else {
            return self.error(open, self.text.len(), "`[` has no `]`");
        };
        let body = self.text.get(inner..inner + close).unwrap_or_default();
        let end = inner + close + 1;
        self.at = end;
        if body == "*" {
            return Ok(Segment::Every);
        }
        if !body.is_empty() && body.bytes().all(|b| b.is_ascii_digit()) {
            return match body.parse() {
                Ok(n) => Ok(Segment::Index(n)),
                Err(_) => self.error(inner, inner + close, "the index is too large"),
            };
        }
        match body.split_once('=') {
            Some((key, value)) => {
                let negate = key.ends_with('!');
                let key = key.strip_suffix('!').unwrap_or(key);
                if key.is_empty() || value.is_empty() {
                    return self.error(open, end, "a match is `[key=value]` or `[key!=value]`");
                }
                Ok(Segment::Match { key: key.to_owned(), value: value.to_owned(), negate })
            }
            None => self.error(open, end, "expected `[0]`, `[*]`, `[key=value]` or `['name']`"),
        }
    }
}

/// The template of a plain name.
pub(crate) fn plain(name: &str) -> Segment {
    Segment::Key(Template::from_pieces(vec![Piece::Text(name.to_owned())]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn get(path: &str, value: &Value) -> Option<Value> {
        Path::parse(path).expect("a path").get(value, &Bound::default()).cloned()
    }

    #[test]
    fn a_path_leads_through_names_indexes_and_matches() {
        let answer = json!({"results": [{"kind": "a", "id": 1}, {"kind": "b", "id": 9_007_199_254_740_993_u64}], "x.y": {"z": null}});
        assert_eq!(get("results[0].id", &answer), Some(json!(1)));
        assert_eq!(get("results[kind=b].id", &answer), Some(json!(9_007_199_254_740_993_u64)));
        assert_eq!(get("results[kind!=a].kind", &answer), Some(json!("b")));
        assert_eq!(get("['x.y'].z", &answer), Some(json!(null)));
        assert_eq!(get("results[7].id", &answer), None);
    }

    #[test]
    fn a_path_prints_as_it_is_written() {
        for text in [
            "a",
            "shelf:a.b[0].c",
            "^meta.id",
            "a[key=value].c",
            "a['x.y']",
            "a.{column}",
            "rows[*]",
            "*",
            "notes.*",
            "a[b!=true]",
        ] {
            assert_eq!(Path::parse(text).map(|p| p.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn an_error_names_its_bytes() {
        for (text, range) in
            [("a..b", 2..3), ("a[", 1..2), ("a[x]", 1..4), ("", 0..0), (":a", 0..1), ("a.{b", 2..4), ("a]", 1..2)]
        {
            assert_eq!(Path::parse(text).map_err(|e| e.range), Err(range), "{text}");
        }
    }
}
