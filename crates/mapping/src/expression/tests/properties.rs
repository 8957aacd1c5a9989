//! What holds for every text.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::super::{EvalError, Expression, Limits, audit};

/// Pieces that make texts which often parse.
const PIECES: &[&str] = &[
    "colour",
    "shelf",
    ".",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "$",
    "$$",
    "$x",
    "$map",
    "$split",
    ":=",
    ";",
    ",",
    "?",
    ":",
    "??",
    "?:",
    "~>",
    "|",
    "@$a",
    "#$b",
    "^(",
    "%",
    "*",
    "**",
    "&",
    "=",
    "..",
    "\"é\"",
    "`日 本`",
    "'",
    "1",
    "9007199254740993",
    "function($a)",
    "λ($b)",
    "/x/",
    "/[z-a]/",
    "/",
    "null",
    " and ",
    "-",
    "<",
    ">",
    "\\u00e9",
    "/*",
    "*/",
    "\n",
];

fn check(text: &str) -> Result<(), TestCaseError> {
    let audit = audit(text);
    let mut ranges: Vec<_> = audit.findings.iter().map(|found| &found.range).collect();
    for read in &audit.reads {
        prop_assert_eq!(read.path.len(), read.segments.len());
        ranges.push(&read.range);
        ranges.extend(&read.segments);
    }
    ranges.extend(audit.variables.iter().map(|(_, range)| range));
    for range in ranges {
        prop_assert!(text.get(range.clone()).is_some(), "{range:?} in {text:?}");
    }
    match Expression::new(text, &Limits::default()) {
        Err(error) => prop_assert!(text.get(error.range).is_some()),
        Ok(expression) => {
            let input = json!({"colour": "rot", "shelf": [{"colour": 1}, null, [2.5]]});
            let result = expression.eval(&input, &BTreeMap::new());
            let panicked = matches!(result, Err(EvalError::Panicked(_)));
            prop_assert!(!panicked, "{text:?} {result:?}");
            if let Err(EvalError::Failed { range: Some(range), .. }) = result {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_every_range_slices(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn no_mix_of_pieces_makes_it_panic(
        picks in proptest::collection::vec(0..PIECES.len(), 0..24)
    ) {
        let text: String = picks.into_iter().filter_map(|pick| PIECES.get(pick)).copied().collect();
        check(&text)?;
    }
}
