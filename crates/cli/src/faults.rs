//! `--fault`: what the simulated provider is told to do wrong, and where it shows in what a command writes.

use std::collections::VecDeque;
use std::fmt::Write as _;

use mapwright_interpreter::Trace;
use mapwright_sandbox::{Fault, Sandbox};

use crate::problem::Problem;
use crate::simulated::Met;

/// What `--fault` says in short.
pub(crate) const HELP: &str = "Let the simulated provider misbehave: FAULT[@WHICH][*TIMES]; may be repeated";

/// What `--fault` says at length.
pub(crate) const LONG_HELP: &str = "\
Let the simulated provider misbehave: FAULT[@WHICH][*TIMES]; may be repeated

FAULT is a status (429), the name of one of the provider's errors, html, half, truncated, slow=2s,
cut-before or cut-after; `list` shows all that the provider has. WHICH is read, write, token or a
method, a number to begin at, or both as in write:2. TIMES is how often, once without it, and always
with a bare star.

  --fault 429              the first request is answered with the provider's 429
  --fault 500@write        the first request that changes something fails
  --fault cut-after@write  it is done, and no answer comes
  --fault '503@2*'         all requests but the first fail
  --fault slow=15s@PATCH   the answer to the first PATCH takes fifteen seconds";

/// What stands for all that a provider can be told to do.
const LIST: &str = "list";

/// Tells a simulated provider to misbehave.
pub(crate) fn set(sandbox: &Sandbox, faults: &[String]) -> Result<(), Problem> {
    for text in faults {
        let set = text.parse::<Fault>().and_then(|fault| sandbox.provoke(&fault));
        set.map_err(|error| Problem::Usage(format!("--fault: {error}")))?;
    }
    Ok(())
}

/// Whether the faults are to be shown, and nothing else.
pub(crate) fn wants_list(faults: &[String]) -> bool {
    faults.iter().any(|text| text == LIST)
}

/// Notes on each attempt of a trace the fault that it has met. A trace has the attempts of one request in order, and
/// so has what was met.
pub(crate) fn mark(trace: &mut Trace, met: Vec<Met>) {
    let mut met = VecDeque::from(met);
    for call in &mut trace.calls {
        let Some(request) = &call.request else { continue };
        for attempt in &mut call.attempts {
            let is_it = |met: &Met| met.method == request.method && met.url == request.url;
            let Some(fault) = met.iter().position(is_it).and_then(|at| met.remove(at)).and_then(|met| met.fault) else {
                continue;
            };
            attempt.remark = Some(format!("fault {fault}"));
        }
    }
}

/// A line for each fault that no request has met.
pub(crate) fn unmet(sandbox: &Sandbox) -> String {
    let mut out = String::new();
    for fault in sandbox.unmet_faults() {
        let _ = writeln!(out, "fault {fault}: no request has met it");
    }
    out
}
