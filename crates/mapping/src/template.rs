//! Text with named holes: `/shelves/{id}`, `Bearer {token}`, `{row.column}`. `{{` and `}}` stand for the braces.

use std::fmt;
use std::ops::Range;

/// A parsed text with holes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text that stands as it is.
    Text(String),
    /// A hole: the name, and its bytes in the template's text.
    Hole(String, Range<usize>),
}

/// Why a template does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// Where, as bytes of the text.
    pub range: Range<usize>,
}

impl Template {
    /// Parses a text with holes.
    pub fn parse(text: &str) -> Result<Template, TemplateError> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let doubled = chars.peek().is_some_and(|(_, next)| *next == c);
            match c {
                '{' | '}' if doubled => {
                    chars.next();
                    plain.push(c);
                }
                '}' => {
                    return Err(TemplateError {
                        message: "`}` without `{`; a brace itself is `}}`".into(),
                        range: at..at + 1,
                    });
                }
                '{' => {
                    let start = at + 1;
                    let Some(length) = text.get(start..).and_then(|rest| rest.find(['{', '}'])) else {
                        return Err(TemplateError {
                            message: "`{` without `}`; a brace itself is `{{`".into(),
                            range: at..text.len(),
                        });
                    };
                    let end = start + length;
                    let name = text.get(start..end).unwrap_or_default();
                    if !text.get(end..).is_some_and(|rest| rest.starts_with('}')) {
                        return Err(TemplateError {
                            message: "a hole does not hold another one".into(),
                            range: at..end + 1,
                        });
                    }
                    if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
                        return Err(TemplateError {
                            message: "a hole is a name without blanks".into(),
                            range: start..end,
                        });
                    }
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Hole(name.to_owned(), start..end));
                    while chars.peek().is_some_and(|(i, _)| *i <= end) {
                        chars.next();
                    }
                }
                _ => plain.push(c),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Template { pieces })
    }

    /// A template of ready pieces.
    pub(crate) fn from_pieces(pieces: Vec<Piece>) -> Template {
        Template { pieces }
    }

    /// The parts, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The names of the holes, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(name, _) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The name, when the whole text is one hole.
    pub fn sole(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Hole(name, _)] => Some(name),
            _ => None,
        }
    }

    /// The text, when there is no hole.
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with each hole filled by `fill`; the first error ends it.
    pub fn render<E>(&self, mut fill: impl FnMut(&str) -> Result<String, E>) -> Result<String, E> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole(name, _) => out.push_str(&fill(name)?),
            }
        }
        Ok(out)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Piece::Hole(name, _) => write!(f, "{{{name}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_named_and_placed() {
        let template = Template::parse("/a/{id}/{row.x}{{}}").expect("a template");
        assert_eq!(
            template.pieces(),
            [
                Piece::Text("/a/".into()),
                Piece::Hole("id".into(), 4..6),
                Piece::Text("/".into()),
                Piece::Hole("row.x".into(), 9..14),
                Piece::Text("{}".into())
            ]
        );
        assert_eq!(template.to_string(), "/a/{id}/{row.x}{{}}");
        assert_eq!(template.render(|name| Ok::<_, ()>(name.to_uppercase())), Ok("/a/ID/ROW.X{}".into()));
    }

    #[test]
    fn errors_name_their_bytes() {
        for (text, range) in [("a{b", 1..3), ("a}b", 1..2), ("{a{b}}", 0..3), ("{a b}", 1..4)] {
            assert_eq!(Template::parse(text).map_err(|e| e.range), Err(range), "{text}");
        }
    }

    #[test]
    fn the_empty_hole_is_a_hole() {
        assert_eq!(Template::parse("{}").expect("a template").sole(), Some(""));
    }
}
