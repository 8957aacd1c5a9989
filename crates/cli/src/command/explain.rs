//! `explain`: where a unified field's value comes from and goes to, or the page of a finding's code.

use std::path::PathBuf;

use clap::Args;
use mapwright_mapping::diagnostic::Code;
use mapwright_mapping::diagnostic::suggest::suggest;
use mapwright_mapping::explain::UnknownField;
use serde_json::json;

use super::Scene;
use crate::arguments::Format;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::Problem;
use crate::show::{SCHEMA_VERSION, explanation, json_text};

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// A unified field, such as `owner` or `owner.id`; or a code, as it stands in brackets behind `error` or `warning`;
    /// without either, all codes
    #[arg(value_name = "FIELD or CODE")]
    subject: Option<String>,
    /// The provider whose mapping is explained; all of them otherwise
    #[arg(long)]
    provider: Option<String>,
    /// The unified resource; the provider's first otherwise
    #[arg(long)]
    resource: Option<String>,
    /// What an account has otherwise; each rule then says which file it comes from
    #[arg(long, value_name = "FILE", requires = "provider")]
    overlay: Option<PathBuf>,
    /// How a field's explanation is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(arguments: &ExplainArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let Some(subject) = &arguments.subject else {
        return Ok(Output::of(list(Code::ALL.iter().copied()), Exit::Fine));
    };
    if let (Ok(code), None) = (subject.parse::<Code>(), &arguments.provider) {
        return Ok(Output::of(format!("{}\n", code.page().trim_end()), Exit::Fine));
    }
    let library = scene.library()?;
    let providers: Vec<&str> = match &arguments.provider {
        Some(provider) => vec![provider],
        None => library.providers(),
    };
    let mut explained = Vec::new();
    for provider in providers {
        let mapping = library.overlaid(provider, arguments.resource.as_deref(), arguments.overlay.as_deref())?;
        match mapping.explain(subject) {
            Ok(explanation) => {
                let shown = |file: &str| library.shown(file);
                explained.push(explanation::with_files(explanation, &shown));
            }
            Err(unknown) if arguments.provider.is_some() => return Ok(Output::of_usage(&unknown.to_string())),
            Err(unknown) => return Ok(no_subject(subject, &unknown)),
        }
    }
    Ok(Output::of(
        match arguments.format {
            Format::Json => json_text::for_programs(&json!({ "schema_version": SCHEMA_VERSION, "fields": explained })),
            Format::Pretty => explanation::text(&explained, scene.paint),
        },
        Exit::Fine,
    ))
}

/// Neither a field nor a code.
fn no_subject(text: &str, unknown: &UnknownField) -> Output {
    let near: Vec<Code> = near(text);
    let hint =
        if near.is_empty() || unknown.suggestion.is_some() { format!("; {}", unknown.known) } else { String::new() };
    let codes = if near.is_empty() { String::new() } else { format!("\nnear it are\n{}", list(near.into_iter())) };
    Output::of_usage(&format!("there is no field and no code `{text}`{hint}{}", codes.trim_end()))
}

/// The codes that share a word with the text, or that it may have meant.
fn near(text: &str) -> Vec<Code> {
    let meant = suggest(text, Code::ALL.iter().map(|code| code.as_str()));
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
