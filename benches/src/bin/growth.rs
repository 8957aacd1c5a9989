//! How costs grow: `growth [NAME…] [--plots DIR] [--most N] [--rounds N]`.
//!
//! Prints each chart as tables in Markdown, and says loudly where a curve is worse than linear. Without names all charts
//! are made. `--plots` writes them as SVG, `--most` bounds the numbers for a quick look.

#[path = "../growth/mod.rs"]
mod growth;

use std::error::Error;
use std::path::PathBuf;

use growth::clock::Clock;
use growth::curve::Chart;
use growth::{Settings, accounts, custom, fields, mappings, plot, records, sizes};

/// Makes charts.
type Make = fn(&Settings) -> Vec<Chart>;

/// The charts by the name of what grows.
const CHARTS: [(&str, Make); 7] = [
    ("fields", fields::chart),
    ("records", records::chart),
    ("mappings", mappings::chart),
    ("custom", custom::chart),
    ("patch-size", sizes::patches),
    ("record-size", sizes::records),
    ("accounts", accounts::chart),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut settings = Settings { clock: Clock { rounds: 7 }, most: usize::MAX };
    let (mut names, mut plots) = (Vec::new(), None::<PathBuf>);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--plots" => plots = Some(value()?.into()),
            "--most" => settings.most = value()?.parse()?,
            mappings::RESIDENT => {
                println!("{}", mappings::resident(value()?.parse()?));
                return Ok(());
            }
            "--rounds" => settings.clock.rounds = value()?.parse::<usize>()?.max(1),
            name if CHARTS.iter().any(|(known, _)| *known == name) => names.push(name.to_owned()),
            name => {
                let known: Vec<&str> = CHARTS.iter().map(|(known, _)| *known).collect();
                return Err(format!("there is no `{name}`; there are {}", known.join(", ")).into());
            }
        }
    }
    for (name, make) in CHARTS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        for chart in make(&settings) {
            print!("{}", chart.markdown());
            if let Some(directory) = &plots {
                plot::write(&chart, directory)?;
            }
        }
    }
    Ok(())
}
