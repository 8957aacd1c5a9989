//! What a run is given: the patch and its options.

use std::io::{self, Read as _};
use std::path::Path;

use mapwright_mapping::plan::{ListMode, Options};
use serde_json::Value;

use crate::arguments::{DataArguments, Lists};
use crate::files;
use crate::problem::Problem;

impl DataArguments {
    /// The patch.
    pub(crate) fn patch(&self) -> Result<Value, Problem> {
        let (from, text) = match (self.data.as_str(), self.data.strip_prefix('@')) {
            ("-", _) => ("standard input".to_owned(), standard_input()?),
            (_, Some(path)) => (path.to_owned(), files::text(Path::new(path))?),
            (text, None) => ("--data".to_owned(), text.to_owned()),
        };
        // Editors put a byte-order mark before a text, and JSON knows none.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        serde_json::from_str(text).map_err(|error| located(&from, &error, "JSON"))
    }

    /// How the patch is run.
    pub(crate) fn options(&self) -> Result<Options, Problem> {
        Ok(Options {
            strict: self.strict,
            lists: match self.lists {
                Lists::Replace => ListMode::Replace,
                Lists::Merge => ListMode::Merge,
            },
            remote_query: remote_query(&self.remote_query)?,
            if_match: None,
        })
    }
}

/// The query parameters for the provider.
pub(crate) fn remote_query(texts: &[String]) -> Result<Vec<(String, Value)>, Problem> {
    let pairs = texts.iter().map(|text| pair("--remote-query", text));
    pairs.map(|pair| pair.map(|(name, value)| (name, value.into()))).collect()
}

/// A text that is not what it should be, with the place where that shows.
pub(crate) fn located(from: &str, error: &serde_json::Error, what: &str) -> Problem {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Problem::Unreadable(format!("{from}:{line}:{column}: this is not {what}: {words}"))
}

/// `name=value`.
pub(crate) fn pair(option: &str, text: &str) -> Result<(String, String), Problem> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Problem::Usage(format!("{option} takes NAME=VALUE, and this is `{text}`"))),
    }
}

pub(crate) fn standard_input() -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let unreadable = |why: &str| Problem::Unreadable(format!("standard input: {why}"));
    match io::stdin().take(files::LARGEST + 1).read_to_end(&mut bytes) {
        Ok(length) if length as u64 > files::LARGEST => {
            Err(unreadable(&format!("it is larger than {} bytes", files::LARGEST)))
        }
        Ok(_) => String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8")),
        Err(error) => Err(unreadable(&error.to_string())),
    }
}
