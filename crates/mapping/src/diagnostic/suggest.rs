//! "Did you mean", only where a known name is near.

use strsim::damerau_levenshtein;

/// The greatest number of names that a list of known names shows.
const LISTED: usize = 12;

/// Prefixes that turn a word into its opposite.
const OPPOSITES: [&str; 4] = ["un", "in", "dis", "non"];

/// Longer words are not compared: no name is that long, and the comparison takes quadratic time.
const LONGEST: usize = 128;

/// The known name nearest to a word, if one is near enough.
///
/// Near enough is an edit distance of a third of the word's length, at least 1, where one character added, removed,
/// changed or swapped with its neighbour counts as 1. A name that differs in letter case alone is nearest of all. Names
/// that share no character with the word are never near, and neither is the word's opposite (`paid`, `unpaid`). Of
/// equally near names the first wins.
pub fn suggest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    let limit = (length / 3).max(1);
    let mut best: Option<(usize, &'a str)> = None;
    for name in among {
        let Some(distance) = distance(word, length, name, limit) else {
            continue;
        };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// What to say to an unknown word: ``did you mean `x`?`` where a known name is near, else the known names.
pub fn did_you_mean<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = among.into_iter().collect();
    match suggest(word, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => known_here(&names),
    }
}

/// The known names, the first few of them where they are many.
fn known_here(names: &[&str]) -> String {
    if names.is_empty() {
        return "no name is known here".to_owned();
    }
    let shown = names.get(..LISTED).unwrap_or(names);
    let list = shown.join(", ");
    match names.len() - shown.len() {
        0 => format!("known here: {list}"),
        more => format!("known here: {list} and {more} more"),
    }
}

/// Whether one is the other with a prefix that makes it its opposite, whatever is between them.
fn are_opposites(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.to_lowercase().replace([' ', '_', '-'], "");
    let (one, other) = (bare(one), bare(other));
    let negates = |long: &str, short: &str| OPPOSITES.iter().any(|prefix| long.strip_prefix(prefix) == Some(short));
    negates(&one, &other) || negates(&other, &one)
}

/// The distance between a word of `length` characters and a name, where it is within the limit.
fn distance(word: &str, length: usize, name: &str, limit: usize) -> Option<usize> {
    let name_length = name.chars().count();
    if length.abs_diff(name_length) > limit {
        return None;
    }
    if word.to_lowercase() == name.to_lowercase() {
        return Some(0);
    }
    if are_opposites(word, name) {
        return None;
    }
    let distance = damerau_levenshtein(word, name);
    (distance <= limit && distance < length.max(name_length)).then_some(distance)
}
