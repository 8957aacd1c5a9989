//! `explain`: the page of a finding's code.

use clap::Args;
use mapwright_mapping::diagnostic::Code;
use mapwright_mapping::diagnostic::suggest::did_you_mean;

use crate::exit::Exit;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The code, as it stands in brackets behind `error` or `warning`; without one, all of them
    code: Option<String>,
}

pub(crate) fn run(arguments: &ExplainArguments) -> Output {
    let Some(text) = &arguments.code else {
        return Output::of(list(Code::ALL.iter().copied()), Exit::Fine);
    };
    if let Ok(code) = text.parse::<Code>() {
        return Output::of(format!("{}\n", code.page().trim_end()), Exit::Fine);
    }
    let near: Vec<Code> = near(text);
    let stderr = if near.is_empty() {
        let names = Code::ALL.iter().map(|code| code.as_str());
        format!("error: there is no code `{text}`; {}\n", did_you_mean(text, names))
    } else {
        format!("error: there is no code `{text}`; near it are\n{}", list(near.into_iter()))
    };
    Output { stderr, ..Output::of(String::new(), Exit::Usage) }
}

/// The codes that share a word with the text, or that it may have meant.
fn near(text: &str) -> Vec<Code> {
    let meant = mapwright_mapping::diagnostic::suggest::suggest(text, Code::ALL.iter().map(|code| code.as_str()));
    let words: Vec<&str> = text.split(['-', '_', ' ']).filter(|word| word.len() > 2).collect();
    let all = Code::ALL.iter().copied();
    all.filter(|code| meant == Some(code.as_str()) || code.as_str().split('-').any(|part| words.contains(&part)))
        .collect()
}

/// Codes with their meaning, aligned.
fn list(codes: impl Iterator<Item = Code>) -> String {
    let codes: Vec<Code> = codes.collect();
    let widest = codes.iter().map(|code| code.as_str().len()).max().unwrap_or_default();
    let lines: Vec<String> =
        codes.iter().map(|code| format!("  {:widest$}  {}\n", code.as_str(), code.summary())).collect();
    lines.concat()
}
