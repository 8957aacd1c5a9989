//! `get`: reads a record.

use clap::Args;

use super::{Scene, block_on};
use crate::account_choice::TargetArguments;
use crate::arguments::{Format, RecordArguments};
use crate::input::remote_query;
use crate::output::Output;
use crate::problem::Problem;
use crate::show::{json_text, result};

#[derive(Debug, Args)]
pub(crate) struct GetArguments {
    #[command(flatten)]
    record: RecordArguments,
    #[command(flatten)]
    target: TargetArguments,
    /// A query parameter that is added to the main record's read; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    remote_query: Vec<String>,
    /// Show the bodies of replies whole
    #[arg(long)]
    full: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(arguments: &GetArguments, scene: &Scene<'_>) -> Result<Output, Problem> {
    let RecordArguments { id, .. } = &arguments.record;
    let library = scene.library()?;
    let mapping = &arguments.record.mapping(&library)?;
    if let Some(list) = arguments.target.fault_list(&library, &mapping.provider)? {
        return Ok(list);
    }
    let target = arguments.target.open(&library, &mapping.provider, scene.surroundings)?;
    let query = remote_query(&arguments.remote_query)?;
    let mut finished = block_on(target.interpreter.get(&target.account, mapping, id, query))?;
    let stderr = target.close(&mut finished)?;
    let text = match arguments.format {
        Format::Pretty => result::text(mapping, id, &finished, arguments.full, scene.paint),
        Format::Json => json_text::for_programs(&result::json(mapping, id, &finished)),
    };
    Ok(Output { stderr, ..Output::of(text, result::exit(&finished)) })
}
