//! Breaks long texts into lines.

/// A text without what a terminal would obey: control characters but the line break.
pub(crate) fn harmless(text: &str) -> String {
    let shown = |char: char| if char.is_control() && char != '\n' { char::REPLACEMENT_CHARACTER } else { char };
    text.chars().map(shown).collect()
}

/// Breaks a text between words, or inside a word that is longer than a line. Nothing in it is obeyed by a terminal.
pub(crate) fn words(text: &str, width: usize) -> Vec<String> {
    let text = &harmless(&text.replace(['\t', '\r'], " "));
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        while line.chars().count() > width {
            let cut = line.char_indices().nth(width.max(1)).map_or(line.len(), |(at, _)| at);
            let rest = line.split_off(cut);
            lines.push(std::mem::replace(&mut line, rest));
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Breaks a URL before `?` and before each `&`, and a long parameter after commas, plain or percent-encoded.
pub(crate) fn url(url: &str, width: usize) -> Vec<String> {
    if url.chars().count() <= width {
        return vec![url.to_owned()];
    }
    let mut parts: Vec<String> = Vec::new();
    for piece in url.split_inclusive(['?', '&']) {
        let mut piece = piece.to_owned();
        // The mark at the end belongs to the next line.
        if let Some(last) = parts.last_mut()
            && let Some(mark @ ('?' | '&')) = last.chars().next_back()
        {
            last.pop();
            piece.insert(0, mark);
        }
        parts.push(piece);
    }
    parts.iter().flat_map(|part| list(part, width)).collect()
}

/// Breaks a text after commas, where lines of the width allow it. Lines after the first stand in a little.
fn list(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in after_commas(text) {
        if !line.trim().is_empty() && line.chars().count() + piece.chars().count() > width {
            lines.push(std::mem::replace(&mut line, "  ".to_owned()));
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines
}

/// The pieces of a text that end with a comma.
fn after_commas(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let ends = [",", "%2C", "%2c"].iter().filter_map(|comma| rest.find(comma).map(|at| at + comma.len()));
        let Some((piece, after)) = ends.min().and_then(|end| rest.split_at_checked(end)) else {
            pieces.push(rest);
            return pieces;
        };
        pieces.push(piece);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(words("a bb  ccc\nd", 4), ["a bb", "ccc", "d"]);
        assert_eq!(words("abcdef g", 4), ["abcd", "ef g"]);
        assert_eq!(words("", 4), [""]);
        assert_eq!(words("a\u{1b}[31m\u{9b}\tb", 20), ["a\u{fffd}[31m\u{fffd} b"]);
    }

    #[test]
    fn a_long_url_is_broken_at_its_parameters() {
        let text = "https://api.example.com/books/1?fields=colour%2Csize%2Cthe_shelf&deep=true";
        let want = ["https://api.example.com/books/1", "?fields=colour%2Csize%2C", "  the_shelf", "&deep=true"];
        assert_eq!(url(text, 31), want);
        assert_eq!(url(text, 100), [text]);
        assert_eq!(url(text, 31).concat().replace(' ', ""), text);
    }
}
