//! Two texts, line by line: what is only in the one, what is only in the other, and what is around it.

/// The lines around a difference that are shown.
const AROUND: usize = 2;

/// Texts whose product of lines is beyond this are shown whole: the comparison takes quadratic space.
const MOST: usize = 4_000_000;

/// What becomes of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Same,
    Old,
    New,
}

impl Mark {
    fn sign(self) -> char {
        match self {
            Mark::Same => ' ',
            Mark::Old => '-',
            Mark::New => '+',
        }
    }
}

/// The difference as a list of lines: `-` is only in the first text, `+` only in the second. A gap is `...`.
pub(crate) fn lines(old: &str, new: &str) -> Vec<String> {
    let marked = compare(&old.lines().collect::<Vec<_>>(), &new.lines().collect::<Vec<_>>());
    let near = |index: usize| {
        let from = index.saturating_sub(AROUND);
        let to = (index + AROUND + 1).min(marked.len());
        marked.get(from..to).is_some_and(|lines| lines.iter().any(|(mark, _)| *mark != Mark::Same))
    };
    let mut out: Vec<String> = Vec::new();
    let mut gap = false;
    for (index, (mark, line)) in marked.iter().enumerate() {
        if near(index) {
            if gap && !out.is_empty() {
                out.push("  ...".to_owned());
            }
            gap = false;
            out.push(format!("{} {line}", mark.sign()));
        } else {
            gap = true;
        }
    }
    out
}

/// Marks every line by the longest sequence that both have.
fn compare<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(Mark, &'t str)> {
    let (height, width) = (old.len() + 1, new.len() + 1);
    if height.saturating_mul(width) > MOST {
        let old = old.iter().map(|line| (Mark::Old, *line));
        return old.chain(new.iter().map(|line| (Mark::New, *line))).collect();
    }
    // `shared[row * width + column]` is the number of shared lines from there on.
    let mut shared = vec![0_u32; height * width];
    let at = |shared: &[u32], row: usize, column: usize| shared.get(row * width + column).copied().unwrap_or_default();
    for (row, one) in old.iter().enumerate().rev() {
        for (column, other) in new.iter().enumerate().rev() {
            let best = if one == other {
                at(&shared, row + 1, column + 1) + 1
            } else {
                at(&shared, row + 1, column).max(at(&shared, row, column + 1))
            };
            if let Some(cell) = shared.get_mut(row * width + column) {
                *cell = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut marked = Vec::new();
    loop {
        match (old.get(row), new.get(column)) {
            (Some(one), Some(other)) if one == other => {
                marked.push((Mark::Same, *one));
                row += 1;
                column += 1;
            }
            (Some(one), other) if other.is_none() || at(&shared, row + 1, column) >= at(&shared, row, column + 1) => {
                marked.push((Mark::Old, *one));
                row += 1;
            }
            (_, Some(other)) => {
                marked.push((Mark::New, *other));
                column += 1;
            }
            (_, None) => return marked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_a_difference_is_shown() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
        let new = "a\nb\nc\nD\ne\nf\ng\nh\ni\nj\n";
        assert_eq!(lines(old, new), ["  b", "  c", "- d", "+ D", "  e", "  f", "  ...", "  h", "  i", "+ j"]);
    }

    #[test]
    fn equal_texts_have_no_difference_and_empty_ones_are_all_of_it() {
        assert!(lines("a\nb", "a\nb").is_empty());
        assert_eq!(lines("", "a\nb"), ["+ a", "+ b"]);
        assert_eq!(lines("a\nb", ""), ["- a", "- b"]);
    }
}
