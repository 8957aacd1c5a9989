//! Rows in columns.

use super::wrap::harmless;

/// Rows below their names, in columns as wide as they have to be. Nothing in them is obeyed by a terminal.
pub(crate) fn table(names: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head = names.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(head)
        .chain(rows.map(|row| row.iter().map(|cell| harmless(cell).replace('\n', " ")).collect()))
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..names.len()).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_have_to_be() {
        let rows = [vec!["a".to_owned(), "wide\u{1b}\n".to_owned()], vec!["longer".to_owned(), String::new()]];
        assert_eq!(table(&["id", "name"], rows.into_iter()), "id      name\na       wide\u{fffd}\nlonger\n");
    }
}
