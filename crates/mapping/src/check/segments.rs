//! Where the steps of a path stand in its text.

use std::ops::Range;

use crate::path::{Path, Segment};

/// The bytes of each segment of a parsed path in the text that it was parsed from; without dots, with brackets.
pub(super) fn ranges(text: &str, path: &Path) -> Vec<Range<usize>> {
    let mut at = path.record.as_ref().map_or(0, |record| record.len() + 1);
    if path.root {
        at += 1;
    }
    let mut found = Vec::with_capacity(path.segments.len());
    for segment in &path.segments {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with('.') {
            at += 1;
        }
        let rest = text.get(at..).unwrap_or_default();
        let length = match segment {
            Segment::Key(_) if rest.starts_with("['") => rest.find("']").map(|end| end + 2),
            Segment::Key(_) | Segment::Rest => Some(name_length(rest)),
            Segment::Index(_) | Segment::Match { .. } | Segment::Every => rest.find(']').map(|end| end + 1),
        };
        let end = at + length.unwrap_or(rest.len());
        found.push(at..end);
        at = end;
    }
    found
}

/// The bytes of a name: up to the next `.` or `[` outside braces.
fn name_length(text: &str) -> usize {
    let mut depth = 0_usize;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '.' | '[' if depth == 0 => return i,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_segment_is_found_in_its_text() {
        for (text, segments) in [
            ("a", vec!["a"]),
            ("shelf:a.b[0].c", vec!["a", "b", "[0]", "c"]),
            ("^meta.id", vec!["meta", "id"]),
            ("^.id", vec!["id"]),
            ("^", vec![]),
            ("rows[*].x[k=v.w].y", vec!["rows", "[*]", "x", "[k=v.w]", "y"]),
            ("shelf:['x.y'].z", vec!["['x.y']", "z"]),
            ("{zone.api}.b.*", vec!["{zone.api}", "b", "*"]),
        ] {
            let Ok(path) = Path::parse(text) else { panic!("{text} does not parse") };
            let found: Vec<&str> = ranges(text, &path).into_iter().filter_map(|range| text.get(range)).collect();
            assert_eq!(found, segments, "{text}");
        }
    }
}
