//! All that a provider can be told to do.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use http::StatusCode;

use crate::faults::what::{STATUSES, What};
use crate::file::Reply;
use crate::spec::Spec;

/// The declared errors of a status, in the order of the file.
fn of_status(spec: &Spec, status: StatusCode) -> Vec<&str> {
    let is_of = |reply: &Reply| reply.status.get_ref().0 == status;
    let mut found: Vec<(usize, &str)> = spec
        .errors
        .iter()
        .filter(|(_, reply)| is_of(reply))
        .map(|(name, reply)| (reply.status.span().start, name.as_str()))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, name)| name).collect()
}

/// The first declared error of a status.
pub(crate) fn first_of(spec: &Spec, status: StatusCode) -> Option<&str> {
    of_status(spec, status).into_iter().next()
}

/// What is wrong with a name that is not declared.
pub(crate) fn unknown(spec: &Spec) -> String {
    let names: Vec<&str> = spec.errors.keys().map(String::as_str).collect();
    format!(
        "there are a status from {} to {}, {}, and this provider's errors {}",
        STATUSES.start(),
        STATUSES.end(),
        What::WORDS.join(", "),
        names.join(", ")
    )
}

/// Each declared error below its status, and the words.
pub(crate) fn list(spec: &Spec) -> String {
    let statuses: BTreeSet<StatusCode> = spec.errors.values().map(|reply| reply.status.get_ref().0).collect();
    let mut out = String::new();
    for status in &statuses {
        let _ = writeln!(out, "{}  {}", status.as_str(), of_status(spec, *status).join(", "));
    }
    let _ = writeln!(out, "{}", What::WORDS.join(", "));
    out
}
