//! `plan`: the exact requests of a patch. Nothing is sent.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use mapwright_interpreter::{Finished, Interpreter};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::Failure;
use mapwright_mapping::plan::{Options, Plan, Replies, Run, StepKind};
use mapwright_mapping::provider::Class;
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_mapping::variables::Bound;
use mapwright_server::http::plan::{is_refusal, plan_json, word};
use serde_json::Value;

use super::{Scene, block_on};
use crate::account_choice::{demo_account, plan_variables};
use crate::arguments::{DataArguments, Format, RecordArguments};
use crate::color::Paint;
use crate::exit::Exit;
use crate::library::Library;
use crate::output::Output;
use crate::problem::Problem;
use crate::show::exchange::Shown;
use crate::show::{json_text, outcome, result, wrap};
use crate::simulated::{self, Simulated};

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    record: RecordArguments,
    #[command(flatten)]
    data: DataArguments,
    /// An account file, for its variables; those of the sandbox's demo otherwise
    #[arg(long, value_name = "FILE")]
    account: Option<PathBuf>,
    /// A variable, over those of the account; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,
    /// Take the replies from the simulated provider, so that the plan has no holes
    #[arg(long, conflicts_with_all = ["account", "var"])]
    sandbox: bool,
    /// The same, with the simulated provider's state from this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["account", "var"])]
    state: Option<PathBuf>,
    /// How the plan is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(arguments: &PlanArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let RecordArguments { id, .. } = &arguments.record;
    let (patch, options) = (arguments.data.patch()?, arguments.data.options()?);
    let library = scene.library()?;
    let mapping = &arguments.record.mapping(&library)?;
    let bound = plan_variables(&library, &mapping.provider, arguments.account.as_deref(), &arguments.var)?;
    let wish = Wish { mapping, bound, id, patch: &patch, options };
    let simulated = arguments.sandbox || arguments.state.is_some();
    let replies = if simulated { wish.reads(&library, arguments)? } else { Replies::new() };
    let plan = wish.plan(&replies);
    let text = match arguments.format {
        Format::Pretty => pretty(mapping, id, &plan, scene.paint),
        Format::Json => json_text::for_programs(&plan_json(mapping, id, &plan)),
    };
    Ok(Output::of(text, exit(&plan)))
}

/// What is to be planned.
struct Wish<'a> {
    mapping: &'a Arc<Mapping>,
    bound: Arc<Bound>,
    id: &'a str,
    patch: &'a Value,
    options: Options,
}

impl Wish<'_> {
    fn plan(&self, replies: &Replies) -> Plan {
        let (mapping, bound) = (Arc::clone(self.mapping), Arc::clone(&self.bound));
        match Run::patch(mapping, bound, self.id, self.patch, self.options.clone()) {
            Ok(run) => run.plan(replies),
            Err(failure) => Plan { steps: Vec::new(), outcomes: failure.outcomes.clone(), refusal: Some(failure) },
        }
    }

    /// What the simulated provider answers to the patch. The whole patch runs on a copy of
    /// the provider that is thrown away.
    fn reads(&self, library: &Library, arguments: &PlanArguments) -> Result<Replies, Problem> {
        let sandbox = library.sandbox(&self.mapping.provider.id)?;
        if let Some(path) = &arguments.state {
            simulated::restore(&sandbox, path)?;
        }
        let account = demo_account(&self.mapping.provider, sandbox.demo())?;
        let transport = Simulated::new(sandbox);
        let interpreter = Interpreter::new(transport.clone());
        let patch = interpreter.patch(&account, self.mapping, self.id, self.patch, self.options.clone());
        Ok(replies(&block_on(patch)?, &transport.replies()))
    }
}

/// The endings of the steps, with the replies as they came. Of a run that failed it is those of the reads and look-ups
/// before the writes: what a write meets is no part of a plan.
fn replies(finished: &Finished, came: &[Reply]) -> Replies {
    let mut replies = Replies::new();
    let mut came = came.iter();
    for call in &finished.trace.calls {
        let last = (0..call.attempts.len()).filter_map(|_| came.next()).last();
        if let (Some(key), Some(reply)) = (&call.key, last)
            && (finished.result.is_ok() || matches!(key.kind, StepKind::ReadFirst | StepKind::Table))
        {
            replies.insert(key.clone(), Ending::Answered(reply.clone()));
        }
    }
    replies
}

fn exit(plan: &Plan) -> Exit {
    match &plan.refusal {
        None => Exit::Fine,
        Some(failure) if failure.class == Class::Bug => Exit::Bug,
        Some(failure) if is_refusal(failure) => Exit::Refused,
        Some(_) => Exit::Failed,
    }
}

fn pretty(mapping: &Mapping, id: &str, plan: &Plan, paint: Paint) -> String {
    let mut out = String::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let body = step.request.body.as_deref().map(String::from_utf8_lossy);
        let shown = Shown {
            method: &step.request.method,
            url: &step.request.url,
            headers: &step.request.headers,
            body: body.as_deref(),
        };
        out.push_str(&shown.text(index + 1, &step.key.in_words(), paint));
        if !step.holes.is_empty() {
            let holes = format!("filled from replies: {}", step.holes.join(", "));
            let _ = writeln!(out, "   {}", paint.yellow(&holes));
        }
        out.push('\n');
    }
    let name = paint.bold(&wrap::harmless(&format!("{} {} {id}", mapping.provider.id, mapping.model.resource)));
    match &plan.refusal {
        None => {
            let _ = writeln!(out, "{name}: planned, nothing is sent");
        }
        Some(failure) => out.push_str(&refused(&name, failure, paint)),
    }
    let table = outcome::table(&plan.outcomes, paint);
    if !table.is_empty() {
        let _ = write!(out, "\n{}\n{table}", paint.bold("outcomes"));
    }
    out
}

fn refused(name: &str, failure: &Failure, paint: Paint) -> String {
    format!("{name}: {}\n{}", paint.red(word(failure)), result::failure_text(failure))
}
