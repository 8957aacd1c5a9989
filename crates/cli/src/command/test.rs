//! `test`: runs the cases beside the mappings; with `--mutants` it tests the cases themselves.

use clap::{Args, ValueEnum};
use mapwright_mapping::diagnostic::suggest::did_you_mean;
use mapwright_mapping::diagnostic::{Diagnostic, json, pretty};
use serde_json::{Value, json};
use std::fmt::Write as _;

use super::check::counted;
use super::{Scene, block_on_without_waiting};
use crate::arguments::Format;
use crate::case::{self, Case, Mismatch};
use crate::color::Paint;
use crate::exit::Exit;
use crate::files;
use crate::library::{CaseFile, Library};
use crate::output::Output;
use crate::problem::{Problem, exit_of};
use crate::show::{SCHEMA_VERSION, WIDTH, wrap};

#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// Only the cases of these providers
    providers: Vec<String>,
    /// Only cases whose provider, name or description holds this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write what came into the cases: bodies of requests and what is expected
    #[arg(long)]
    update: bool,
    /// How the results are written
    #[arg(long, value_enum, default_value_t)]
    format: TestFormat,
    /// Make one thing at a time wrong in the mappings, and show what neither `check` nor a case notices
    #[arg(long, conflicts_with = "update")]
    mutants: bool,
    #[command(flatten)]
    mutation: super::mutants::MutationArguments,
}

/// How the results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum TestFormat {
    /// For people.
    #[default]
    Pretty,
    /// For programs; it has a `schema_version`.
    Json,
    /// For build servers.
    Junit,
}

/// One case and what became of it.
struct Tested {
    provider: String,
    name: String,
    about: String,
    verdict: Verdict,
}

/// What became of a case.
enum Verdict {
    Passed,
    /// It was not as expected, and is now.
    Updated(Vec<Mismatch>),
    Failed(Vec<Mismatch>),
    /// It cannot be run: its file or its mapping has errors.
    Broken(Vec<Diagnostic>),
    /// It cannot be run: its account is not one of the provider.
    Unusable(String),
}

pub(crate) fn run(arguments: &TestArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let library = scene.library()?;
    let known = library.providers();
    if let Some(unknown) = arguments.providers.iter().find(|name| !known.contains(&name.as_str())) {
        let known = did_you_mean(unknown, known);
        return Err(Problem::Usage(format!("there is no provider `{unknown}`; {known}")));
    }
    if arguments.update && scene.global.mappings.is_none() {
        return Err(Problem::Usage("--update writes to the directory that --mappings names".to_owned()));
    }
    if arguments.mutants {
        let chosen: Vec<&str> = if arguments.providers.is_empty() {
            known
        } else {
            known.into_iter().filter(|id| arguments.providers.iter().any(|name| name == id)).collect()
        };
        let filter = arguments.filter.as_deref();
        let format = match arguments.format {
            TestFormat::Pretty => Format::Pretty,
            TestFormat::Json => Format::Json,
            TestFormat::Junit => return Err(Problem::Usage("--mutants has no form for build servers".to_owned())),
        };
        return super::mutants::run(&library, &chosen, filter, format, &arguments.mutation, scene);
    }
    let mut tested = Vec::new();
    for file in library.case_files() {
        if !arguments.providers.is_empty() && !arguments.providers.iter().any(|name| name == file.provider) {
            continue;
        }
        let read = library.case(file);
        let about = read.as_ref().map_or(String::new(), |case| case.about.clone());
        let texts = [format!("{}/{}", file.provider, file.name), about.clone()];
        let wanted = arguments.filter.as_ref().is_none_or(|part| texts.iter().any(|text| text.contains(part)));
        if wanted {
            let verdict = match read {
                Ok(case) => one(&library, file, &case, arguments.update)?,
                Err(found) => Verdict::Broken(found),
            };
            tested.push(Tested { provider: file.provider.to_owned(), name: file.name.to_owned(), about, verdict });
        }
    }
    if tested.is_empty() {
        return Err(Problem::Usage("there is no such case".to_owned()));
    }
    let exit = tested.iter().map(Tested::exit).max().unwrap_or_default();
    let text = match arguments.format {
        TestFormat::Pretty => text(&tested, scene.paint),
        TestFormat::Json => format!("{:#}\n", in_json(&tested)),
        TestFormat::Junit => junit(&tested),
    };
    Ok(Output::of(text, exit))
}

/// Runs one case, and brings it up to date where that is asked.
fn one(library: &Library, file: CaseFile<'_>, case: &Case, update: bool) -> Result<Verdict, Problem> {
    let mapping = match library.mapping(&case.provider, case.resource.as_deref()) {
        Ok(mapping) => mapping,
        Err(Problem::Findings(found)) => return Ok(Verdict::Broken(found)),
        Err(other) => return Ok(Verdict::Unusable(other.to_string())),
    };
    let ran = match block_on_without_waiting(case.replay(mapping))? {
        Ok(ran) => ran,
        Err(errors) => return Ok(Verdict::Unusable(errors.to_string())),
    };
    let mismatches = case::verdict(case, &ran);
    if mismatches.is_empty() {
        return Ok(Verdict::Passed);
    }
    if !update {
        return Ok(Verdict::Failed(mismatches));
    }
    let updated = match block_on_without_waiting(case::update(case, mapping))? {
        Ok(updated) => updated,
        Err(errors) => return Ok(Verdict::Unusable(errors.to_string())),
    };
    if let (Some(text), Some(path)) = (&updated.text, library.path(&file.full_name())) {
        files::replace(&path, text)?;
    }
    Ok(if updated.left.is_empty() { Verdict::Updated(mismatches) } else { Verdict::Failed(updated.left) })
}

impl Tested {
    fn exit(&self) -> Exit {
        match &self.verdict {
            Verdict::Passed | Verdict::Updated(_) => Exit::Fine,
            Verdict::Failed(_) | Verdict::Unusable(_) => Exit::Findings,
            Verdict::Broken(found) => exit_of(found, true),
        }
    }

    fn result(&self) -> &'static str {
        match self.verdict {
            Verdict::Passed => "passed",
            Verdict::Updated(_) => "updated",
            Verdict::Failed(_) => "failed",
            Verdict::Broken(_) | Verdict::Unusable(_) => "broken",
        }
    }

    /// What is wrong, as text.
    fn details(&self, color: Paint) -> String {
        match &self.verdict {
            Verdict::Passed => String::new(),
            Verdict::Updated(mismatches) | Verdict::Failed(mismatches) => {
                mismatches.iter().map(|mismatch| shown(mismatch, color)).collect()
            }
            Verdict::Broken(found) => pretty::render(found, color.0),
            Verdict::Unusable(why) => {
                let lines = why.lines().flat_map(|line| wrap::words(line, WIDTH - 2));
                lines.flat_map(|line| ["  ".to_owned(), line, "\n".to_owned()]).collect()
            }
        }
    }
}

fn shown(mismatch: &Mismatch, paint: Paint) -> String {
    let mut out = format!("  {}: - expected, + came\n", mismatch.part);
    for line in mismatch.lines() {
        let painted = match line.chars().next() {
            Some('-') => paint.red(&line),
            Some('+') => paint.green(&line),
            _ => line,
        };
        let _ = writeln!(out, "    {painted}");
    }
    out
}

/// A line for each provider, everything that is not as expected, and a line that counts.
fn text(tested: &[Tested], paint: Paint) -> String {
    let mut out = String::new();
    let mut before = String::new();
    for case in tested.iter().filter(|case| !matches!(case.verdict, Verdict::Passed)) {
        let result = case.result();
        let painted = if case.exit() == Exit::Fine { paint.yellow(result) } else { paint.red(result) };
        let name = paint.bold(&format!("{}/{}", case.provider, case.name));
        let about = if case.about.is_empty() { String::new() } else { format!("  {}\n", case.about) };
        let details = case.details(paint);
        // The errors of a mapping stand against all its cases alike.
        let shown = if details == before { "  as above\n" } else { &details };
        let _ = writeln!(out, "{painted} {name}\n{about}{shown}");
        before = details;
    }
    let mut providers: Vec<&str> = tested.iter().map(|case| case.provider.as_str()).collect();
    providers.dedup();
    let widest = providers.iter().map(|name| name.len()).max().unwrap_or_default();
    for provider in providers {
        let own = tested.iter().filter(|case| case.provider == provider);
        let _ = writeln!(out, "{provider:widest$}  {}", counts(own));
    }
    out
}

/// How many cases ended how.
fn counts<'t>(tested: impl Iterator<Item = &'t Tested>) -> String {
    let all: Vec<&str> = tested.map(Tested::result).collect();
    let words = ["passed", "updated", "failed", "broken"].into_iter().filter_map(|word| {
        let count = all.iter().filter(|result| **result == word).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    format!("{}: {}", counted(all.len(), "case"), words.collect::<Vec<_>>().join(", "))
}

fn in_json(tested: &[Tested]) -> Value {
    let count = |result: &str| tested.iter().filter(|case| case.result() == result).count();
    let cases = tested.iter().map(|case| {
        let (differences, diagnostics, reason) = match &case.verdict {
            Verdict::Passed => (vec![], Value::Null, None),
            Verdict::Updated(mismatches) | Verdict::Failed(mismatches) => {
                let all = mismatches
                    .iter()
                    .map(|one| json!({ "part": one.part, "expected": one.expected, "actual": one.actual }));
                (all.collect(), Value::Null, None)
            }
            Verdict::Broken(found) => (vec![], json::render(found), None),
            Verdict::Unusable(why) => (vec![], Value::Null, Some(why)),
        };
        json!({
            "provider": case.provider,
            "name": case.name,
            "about": case.about,
            "result": case.result(),
            "differences": differences,
            "findings": diagnostics,
            "reason": reason,
        })
    });
    json!({
        "schema_version": SCHEMA_VERSION,
        "passed": count("passed"),
        "updated": count("updated"),
        "failed": count("failed"),
        "broken": count("broken"),
        "cases": cases.collect::<Vec<_>>(),
    })
}

/// The form that build servers read.
fn junit(tested: &[Tested]) -> String {
    let bad = |case: &&Tested| case.exit() != Exit::Fine;
    let failures = tested.iter().filter(bad).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mapwright\" tests=\"{}\" failures=\"{failures}\">\n",
        tested.len()
    );
    let mut providers: Vec<&str> = tested.iter().map(|case| case.provider.as_str()).collect();
    providers.dedup();
    for provider in providers {
        let own: Vec<&Tested> = tested.iter().filter(|case| case.provider == provider).collect();
        let failures = own.iter().copied().filter(bad).count();
        let name = escaped(provider);
        let _ = writeln!(out, "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\">", own.len());
        for case in own {
            let head = format!("    <testcase classname=\"{name}\" name=\"{}\"", escaped(&case.name));
            if bad(&case) {
                let details = escaped(&case.details(Paint(false)));
                let result = case.result();
                let _ = writeln!(out, "{head}>\n      <failure type=\"{result}\">{details}</failure>\n    </testcase>");
            } else {
                let _ = writeln!(out, "{head}/>");
            }
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// A text in XML. Control characters, which XML cannot hold, are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(char),
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
