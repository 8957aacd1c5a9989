//! Rounds in which each side has its turn, and the tables of them.

use std::error::Error;
use std::path::Path;

use crate::service::figures::{Figures, verdict};
use crate::service::open_loop::{self, Times};
use crate::service::process::accepted;
use crate::service::stand::{Side, Stand};
use crate::service::wrk::{self, Seen};

/// The least part of the proxy's throughput.
const LEAST_PART: f64 = 0.75;

/// The most that a patch may take longer at half load, in milliseconds.
const MOST_ADDED: f64 = 0.5;

/// How long each side is warmed up, in seconds.
const WARM: u64 = 1;

/// One side under all load that it takes.
struct Turn {
    seen: Seen,
    /// The time of the processor of the side and of the provider, in seconds.
    cpu: [f64; 2],
    /// What reached the provider.
    at_provider: f64,
    /// Connections that were opened: to the provider, and to the side.
    opened: [f64; 2],
}

impl Turn {
    fn rate(&self) -> f64 {
        self.seen.requests / self.seen.seconds
    }
}

/// Measures a stand, and prints its tables.
pub(crate) fn run(stand: &mut Stand, directory: &Path, seconds: u64, rounds: usize) -> Result<(), Box<dyn Error>> {
    let script = directory.join("load.lua");
    wrk::script(stand, &script)?;
    println!("\n## {}\n", stand.scene.name);
    let each: Vec<String> = stand.script.iter().map(|e| format!("`{} {}`", e.method, e.target)).collect();
    let bytes = (stand.scene.patch.len(), stand.script.iter().map(|e| e.answer.len()).sum::<usize>());
    println!(
        "One PATCH of {} bytes sends {} to the provider, and gets {} bytes in all: {}.\n\
         What proxy and service send was compared: method, target, headers and body are the same.\n",
        bytes.0,
        each.len(),
        bytes.1,
        each.join(", ")
    );
    for side in [Side::Proxy, Side::Service] {
        wrk::run(stand.process(side).address, &script, WARM)?;
    }
    let (mut proxy, mut service) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for side in in_turn(round) {
            let of_side = if side == Side::Proxy { &mut proxy } else { &mut service };
            of_side.push(turn(stand, side, &script, seconds)?);
        }
    }
    saturation(&proxy, &service);

    let rate = service.iter().map(Turn::rate).collect::<Figures>().median() / 2.0;
    for side in [Side::Proxy, Side::Service] {
        open_loop::run(stand, stand.process(side).address, rate, WARM)?;
    }
    let (mut of_proxy, mut of_service) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for side in in_turn(round) {
            let times = open_loop::run(stand, stand.process(side).address, rate, seconds)?;
            (if side == Side::Proxy { &mut of_proxy } else { &mut of_service }).push(times);
        }
    }
    half(rate, &of_proxy, &of_service);
    if stand.line.counts()?.unknown > 0 {
        return Err("the provider was asked for something that it does not know".into());
    }
    if stand.answered()?.1 > 0 {
        return Err("the service has given an answer that was not 200".into());
    }
    Ok(())
}

/// Both sides, each of them first in every second round.
fn in_turn(round: usize) -> [Side; 2] {
    if round.is_multiple_of(2) { [Side::Proxy, Side::Service] } else { [Side::Service, Side::Proxy] }
}

fn turn(stand: &mut Stand, side: Side, script: &Path, seconds: u64) -> Result<Turn, Box<dyn Error>> {
    let cpus = |stand: &Stand| Ok::<_, Box<dyn Error>>([stand.process(side).cpu()?, stand.provider.cpu()?]);
    // The page with the counts has a connection of its own, which is not to be counted.
    let good = stand.answered()?;
    let (counts, connections, before) = (stand.line.counts()?, accepted()?, cpus(stand)?);
    let seen = wrk::run(stand.process(side).address, script, seconds)?;
    let (after, all) = (cpus(stand)?, accepted()? - connections);
    let now = stand.line.counts()?;
    if side == Side::Service {
        let after = stand.answered()?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        if after.1 > good.1 || ((after.0 - good.0) as f64) < seen.requests {
            return Err(format!("the service counts other answers than 200: {good:?} became {after:?}").into());
        }
    }
    let opened = now.connections - counts.connections;
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    Ok(Turn {
        seen,
        cpu: [after[0] - before[0], after[1] - before[1]],
        at_provider: (now.requests - counts.requests) as f64,
        opened: [opened as f64, all.saturating_sub(opened) as f64],
    })
}

fn saturation(proxy: &[Turn], service: &[Turn]) {
    println!("| at saturation | PATCH/s | median ms | p99 ms |\n|---|--:|--:|--:|");
    let figures = |turns: &[Turn], of: &dyn Fn(&Turn) -> f64| turns.iter().map(of).collect::<Figures>();
    for (name, turns) in [("proxy", proxy), ("service", service)] {
        let rate = figures(turns, &Turn::rate).shown(0);
        let (median, p99) = (figures(turns, &|t| t.seen.median), figures(turns, &|t| t.seen.p99));
        println!("| {name} | {rate} | {:.2} | {:.2} |", median.median(), p99.median());
    }
    let parts: Figures = proxy.iter().zip(service).map(|(proxy, service)| service.rate() / proxy.rate()).collect();
    println!(
        "| **service / proxy** | **{}** | goal: at least {LEAST_PART} | {} |\n",
        parts.shown(3),
        verdict(parts.median() >= LEAST_PART)
    );
    println!("| CPU, µs per PATCH | the side itself | provider | wrk | all |\n|---|--:|--:|--:|--:|");
    for (name, turns) in [("proxy", proxy), ("service", service)] {
        let each = |of: &dyn Fn(&Turn) -> f64| figures(turns, &|t| of(t) * 1e6 / t.seen.requests).median();
        let (own, provider, wrk) = (each(&|t| t.cpu[0]), each(&|t| t.cpu[1]), each(&|t| t.seen.cpu));
        println!("| {name} | {own:.1} | {provider:.1} | {wrk:.1} | {:.1} |", own + provider + wrk);
    }
    println!(
        "\n| connections in all rounds | from wrk | PATCHes on each | to the provider, new | requests there | on each, at least |\n\
         |---|--:|--:|--:|--:|--:|"
    );
    for (name, turns) in [("proxy", proxy), ("service", service)] {
        let sum = |of: &dyn Fn(&Turn) -> f64| turns.iter().map(of).sum::<f64>();
        let (callers, requests) = (sum(&|t| t.opened[1]), sum(&|t| t.seen.requests));
        let (provider, there) = (sum(&|t| t.opened[0]), sum(&|t| t.at_provider));
        // Those of the warm-up go on, and no more than the callers' are ever needed.
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let kept = wrk::CONNECTIONS as f64 + provider;
        println!(
            "| {name} | {callers:.0} | {:.0} | {provider:.0} | {there:.0} | {:.0} |",
            requests / callers.max(1.0),
            there / kept
        );
    }
    println!(
        "\nConnections from wrk are all that this machine accepted meanwhile, less those to the provider; wrk tries one more\n\
         than it uses."
    );
}

fn half(rate: f64, proxy: &[Times], service: &[Times]) {
    println!(
        "\n| at {rate:.0} PATCH/s, half of the service's | median ms | p99 ms | sent late, median ms |\n|---|--:|--:|--:|"
    );
    for (name, rounds) in [("proxy", proxy), ("service", service)] {
        let of = |of: fn(&Times) -> f64| rounds.iter().map(of).collect::<Figures>().shown(3);
        println!("| {name} | {} | {} | {} |", of(|t| t.median), of(|t| t.p99), of(|t| t.late));
    }
    let added: Figures = proxy.iter().zip(service).map(|(proxy, service)| service.median - proxy.median).collect();
    let p99: Figures = proxy.iter().zip(service).map(|(proxy, service)| service.p99 - proxy.p99).collect();
    println!(
        "| **added** | **{}** | {} | goal: the median under {MOST_ADDED}, {} |",
        added.shown(3),
        p99.shown(3),
        verdict(added.median() < MOST_ADDED)
    );
}
