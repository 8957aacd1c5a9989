//! `test --mutants`: whether anything notices when one thing in a mapping is wrong.

use std::fmt::Write as _;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use mapwright_mapping::diagnostic::pretty;
use serde_json::{Value, json};

use super::Scene;
use super::check::counted;
use crate::arguments::Format;
use crate::color::Paint;
use crate::exit::Exit;
use crate::library::Library;
use crate::mutant::{Equivalent, EquivalentError, Fate, Judge, Mutant, Part, Unjudged};
use crate::output::{Output, put};
use crate::problem::Problem;
use crate::show::SCHEMA_VERSION;

/// How often a long run says how far it is.
const PROGRESS: Duration = Duration::from_secs(2);

/// The longest text that is shown of a value, in characters.
const LONGEST: usize = 110;

#[derive(Debug, Args)]
pub(crate) struct MutationArguments {
    /// With --mutants: the share of each provider's mutants that has to be noticed, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 95.0, requires = "mutants")]
    at_least: f64,
    /// With --mutants: only each Nth mutant
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), requires = "mutants")]
    every: u32,
}

/// A provider's mutants with what became of each.
struct Judged {
    provider: String,
    mutants: Vec<(Mutant, Fate)>,
    equivalent: Equivalent,
}

pub(crate) fn run(
    library: &Library,
    providers: &[&str],
    filter: Option<&str>,
    format: Format,
    arguments: &MutationArguments,
    scene: &Scene<'_>,
) -> Result<Output, Problem> {
    if !(0.0..=100.0).contains(&arguments.at_least) {
        return Err(Problem::Usage("--at-least is a share between 0 and 100 percent".to_owned()));
    }
    let mut all = Vec::new();
    for provider in providers {
        all.push(provider_mutants(library, provider, filter, arguments.every, scene)?);
    }
    if all.iter().all(|judged| judged.mutants.is_empty()) {
        return Err(Problem::Usage("there is no such mutant".to_owned()));
    }
    // What is listed is judged only where every mutant is.
    let is_whole = filter.is_none() && arguments.every == 1;
    let untrue: Vec<_> = all.iter().filter(|_| is_whole).flat_map(Judged::untrue).collect();
    let enough = all.iter().all(|judged| judged.share() >= arguments.at_least);
    let exit = if enough && untrue.is_empty() { Exit::Fine } else { Exit::Findings };
    let stdout = match format {
        Format::Json => format!("{:#}\n", in_json(&all, library)),
        Format::Pretty => text(&all, library, scene.paint),
    };
    Ok(Output { stdout, stderr: pretty::render(&untrue, scene.stderr_color), exit })
}

/// Judges a provider's mutants, on as many threads as the machine runs at once.
fn provider_mutants(
    library: &Library,
    provider: &str,
    filter: Option<&str>,
    every: u32,
    scene: &Scene<'_>,
) -> Result<Judged, Problem> {
    let refused = |why: Unjudged| Problem::Usage(format!("{provider}: {why}"));
    let equivalent = library.equivalent(provider).map_err(|EquivalentError(found)| Problem::Findings(found))?;
    let first = Judge::new(library, provider).map_err(refused)?;
    let every = usize::try_from(every).unwrap_or(usize::MAX);
    let mutants: Vec<Mutant> = first
        .mutants()
        .into_iter()
        .filter(|mutant| filter.is_none_or(|part| mutant.name().contains(part)))
        .step_by(every)
        .collect();
    let next = AtomicUsize::new(0);
    let fates = Mutex::new(vec![None; mutants.len()]);
    let progress = Progress::new(provider, mutants.len(), scene.surroundings.stderr_is_terminal);
    let work = |mut judge: Judge<'_>| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(mutant) = mutants.get(index) else { return };
            let fate = judge.judge(mutant);
            let mut fates = fates.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(place) = fates.get_mut(index) {
                *place = Some(fate);
            }
            progress.say(&fates);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(mutants.len().max(1));
    std::thread::scope(|scope| {
        let work = &work;
        for _ in 1..threads {
            scope.spawn(move || {
                if let Ok(judge) = Judge::new(library, provider) {
                    work(judge);
                }
            });
        }
        work(first);
    });
    progress.end();
    let fates = fates.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let judged = mutants.into_iter().zip(fates).filter_map(|(mutant, fate)| Some((mutant, fate?)));
    let mutants = judged.filter(|(_, fate)| *fate != Fate::Same).collect();
    Ok(Judged { provider: provider.to_owned(), mutants, equivalent })
}

/// A line that says how far a long run is, for people who wait.
struct Progress<'a> {
    provider: &'a str,
    count: usize,
    said: Option<Mutex<Instant>>,
}

impl<'a> Progress<'a> {
    fn new(provider: &'a str, count: usize, is_wanted: bool) -> Progress<'a> {
        Progress { provider, count, said: is_wanted.then(|| Mutex::new(Instant::now())) }
    }

    fn say(&self, fates: &[Option<Fate>]) {
        let Some(said) = &self.said else { return };
        let Ok(mut said) = said.lock() else { return };
        if said.elapsed() < PROGRESS {
            return;
        }
        *said = Instant::now();
        let done = fates.iter().flatten().count();
        let survived = fates.iter().flatten().filter(|fate| **fate == Fate::Survived).count();
        let line = format!("\r{}: {done} of {} mutants, {survived} survive so far", self.provider, self.count);
        // Who cannot read the line misses nothing.
        let _ = put(&mut io::stderr().lock(), &line);
    }

    fn end(&self) {
        if self.said.is_some() {
            let _ = put(&mut io::stderr().lock(), "\r\x1b[K");
        }
    }
}

impl Judged {
    /// The mutants that nothing notices and that are not listed as equivalent.
    fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants
            .iter()
            .filter(|(mutant, fate)| *fate == Fate::Survived && self.equivalent.reason(&mutant.name()).is_none())
            .map(|(mutant, _)| mutant)
    }

    fn count(&self, is: impl Fn(&Mutant, &Fate) -> bool) -> usize {
        self.mutants.iter().filter(|(mutant, fate)| is(mutant, fate)).count()
    }

    /// How many are listed as equivalent, and do survive.
    fn equivalents(&self) -> usize {
        self.count(|mutant, fate| *fate == Fate::Survived && self.equivalent.reason(&mutant.name()).is_some())
    }

    /// The share that is noticed of those that can be, in percent.
    fn share(&self) -> f64 {
        share(self.survivors().count(), self.mutants.len() - self.equivalents())
    }

    fn untrue(&self) -> Vec<mapwright_mapping::diagnostic::Diagnostic> {
        let survives =
            |name: &str| self.mutants.iter().any(|(mutant, fate)| *fate == Fate::Survived && mutant.name() == name);
        self.equivalent.untrue(survives)
    }
}

fn share(survivors: usize, all: usize) -> f64 {
    let noticed = u32::try_from(all - survivors).unwrap_or(u32::MAX);
    let all = u32::try_from(all).unwrap_or(u32::MAX);
    if all == 0 { 100.0 } else { f64::from(noticed) * 100.0 / f64::from(all) }
}

/// The survivors by file and line, a line for each provider, and the parts of the language.
fn text(all: &[Judged], library: &Library, paint: Paint) -> String {
    let mut out = String::new();
    for judged in all {
        for mutant in judged.survivors() {
            let (line, _) = mutant.place.file.line_column(mutant.place.span.start);
            let file = library.shown(&format!("{}/{}", judged.provider, mutant.file));
            let name = mutant.name();
            let _ = writeln!(out, "{} {}", paint.red("survives"), paint.bold(&format!("{file}:{line}")));
            let _ = writeln!(out, "  {name}");
            let _ = writeln!(out, "  {}", paint.red(&format!("- {}", cut(&mutant.before))));
            if !mutant.after.is_empty() {
                let _ = writeln!(out, "  {}", paint.green(&format!("+ {}", cut(&mutant.after))));
            }
        }
    }
    let widest = all.iter().map(|judged| judged.provider.len()).max().unwrap_or_default();
    for judged in all {
        let refused = judged.count(|_, fate| matches!(fate, Fate::Refused(_)));
        let failed = judged.count(|_, fate| matches!(fate, Fate::Failed { .. }));
        let equivalents = match judged.equivalents() {
            0 => String::new(),
            some => format!(", {some} equivalent"),
        };
        let _ = writeln!(
            out,
            "{:widest$}  {}: {refused} noticed by check, {failed} by cases, {} survive{equivalents}; {:.1} % noticed",
            judged.provider,
            counted(judged.mutants.len(), "mutant"),
            judged.survivors().count(),
            floor(judged.share()),
        );
    }
    let parts = Part::ALL.into_iter().filter_map(|part| {
        let of_part: usize = all.iter().map(|judged| judged.count(|mutant, _| mutant.part == part)).sum();
        (of_part > 0).then(|| format!("{of_part} {part}"))
    });
    let _ = writeln!(out, "mutants by part: {}", parts.collect::<Vec<_>>().join(", "));
    let mutants: usize = all.iter().map(|judged| judged.mutants.len()).sum();
    let survivors: usize = all.iter().map(|judged| judged.survivors().count()).sum();
    let equivalents: usize = all.iter().map(Judged::equivalents).sum();
    let _ = writeln!(
        out,
        "{}: {survivors} survive, {equivalents} equivalent; {:.1} % noticed",
        counted(mutants, "mutant"),
        floor(share(survivors, mutants - equivalents)),
    );
    out
}

/// A share that is never shown better than it is, with one decimal.
fn floor(share: f64) -> f64 {
    (share * 10.0).floor() / 10.0
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let short: String = text.chars().take(LONGEST).collect();
    format!("{short} …")
}

fn in_json(all: &[Judged], library: &Library) -> Value {
    let providers = all.iter().map(|judged| {
        let mutants = judged.mutants.iter().map(|(mutant, fate)| {
            let (line, _) = mutant.place.file.line_column(mutant.place.span.start);
            let name = mutant.name();
            let equivalent = judged.equivalent.reason(&name);
            let (result, by) = match fate {
                Fate::Refused(code) => ("refused", json!({ "code": code })),
                Fate::Failed { case, part } => ("failed", json!({ "case": case, "part": part })),
                Fate::Survived if equivalent.is_some() => ("equivalent", json!({ "reason": equivalent })),
                Fate::Survived | Fate::Same => ("survived", Value::Null),
            };
            json!({
                "name": name,
                "part": mutant.part.as_str(),
                "file": library.shown(&format!("{}/{}", judged.provider, mutant.file)),
                "line": line,
                "before": mutant.before,
                "after": mutant.after,
                "result": result,
                "by": by,
            })
        });
        json!({
            "provider": judged.provider,
            "share": judged.share(),
            "survivors": judged.survivors().count(),
            "equivalent": judged.equivalents(),
            "mutants": mutants.collect::<Vec<_>>(),
        })
    });
    json!({ "schema_version": SCHEMA_VERSION, "providers": providers.collect::<Vec<_>>() })
}
