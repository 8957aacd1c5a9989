//! Of several alternatives, the one that the author meant.

use jsonschema::ValidationError;
use serde_json::Value;

use super::finding::{self, Finding, Issue};
use crate::diagnostic::suggest::suggest;

/// How far a value is from an alternative; the least is the best. What is wrong deeper inside says less against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Distance {
    mismatch: Mismatch,
    /// The weight of what is wrong with the keys of the value itself.
    own_keys: usize,
    /// The number of findings.
    findings: usize,
}

/// Whether an alternative is for values of this kind at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mismatch {
    None,
    /// A member that tells the alternatives apart has another word.
    Tag,
    /// The value has another type.
    Type,
}

/// The findings of the alternative that the value at a pointer fits best; where several fit equally well, what is
/// true of all of them.
pub(super) fn best(at: &str, alternatives: &[Vec<ValidationError<'_>>], schema: &Value) -> Vec<Finding> {
    let mut ranked: Vec<(Distance, Vec<Finding>)> = alternatives
        .iter()
        .map(|errors| finding::from_errors(errors, schema))
        .map(|findings| (distance(at, &findings), findings))
        .collect();
    let Some(least) = ranked.iter().map(|(distance, _)| *distance).min() else {
        return Vec::new();
    };
    ranked.retain(|(distance, _)| match least.mismatch {
        Mismatch::None => *distance == least,
        mismatch => distance.mismatch == mismatch,
    });
    let tied: Vec<Vec<Finding>> = ranked.into_iter().map(|(_, findings)| findings).collect();
    match least.mismatch {
        Mismatch::Type => merge_types(at, tied),
        Mismatch::Tag => merge_tags(at, tied),
        Mismatch::None => merge_keys(at, tied),
    }
}

fn distance(at: &str, findings: &[Finding]) -> Distance {
    let mismatch = findings.iter().map(|finding| mismatch(at, finding)).max();
    let own = findings.iter().filter(|finding| finding.at == at);
    Distance { mismatch: mismatch.unwrap_or(Mismatch::None), own_keys: own.map(weight).sum(), findings: findings.len() }
}

fn mismatch(at: &str, finding: &Finding) -> Mismatch {
    match &finding.issue {
        Issue::WrongType { .. } if finding.at == at => Mismatch::Type,
        Issue::UnknownWord { tag: true, .. } if is_member(at, &finding.at) => Mismatch::Tag,
        _ => Mismatch::None,
    }
}

/// Whether the second pointer names a member of what the first names.
fn is_member(parent: &str, child: &str) -> bool {
    let segment = child.strip_prefix(parent).and_then(|rest| rest.strip_prefix('/'));
    segment.is_some_and(|segment| !segment.contains('/'))
}

/// How much a finding about a table's own keys says against an alternative: a misspelt key says little.
fn weight(finding: &Finding) -> usize {
    match &finding.issue {
        Issue::UnknownKey { key, names, .. } => {
            let near = suggest(key, names.iter().map(String::as_str));
            if near.is_some() { 1 } else { 2 }
        }
        Issue::MissingKey { .. } => 2,
        _ => 0,
    }
}

/// No alternative is for this type: the types of all of them are expected.
fn merge_types(at: &str, tied: Vec<Vec<Finding>>) -> Vec<Finding> {
    let mut merged: Option<(Vec<&'static str>, &'static str)> = None;
    for finding in tied.into_iter().flatten().filter(|finding| finding.at == at) {
        let Issue::WrongType { expected, found } = finding.issue else {
            continue;
        };
        let (all, _) = merged.get_or_insert((Vec::new(), found));
        for name in expected {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    let issue = merged.map(|(expected, found)| Issue::WrongType { expected, found });
    issue.map(|issue| Finding { at: at.to_owned(), issue }).into_iter().collect()
}

/// No alternative has the word that tells them apart: the words of all of them are known. What else is wrong depends on
/// the alternative, so that it is said only where there is just one.
fn merge_tags(at: &str, mut tied: Vec<Vec<Finding>>) -> Vec<Finding> {
    if tied.len() > 1 {
        let is_tag = |finding: &Finding| mismatch(at, finding) == Mismatch::Tag;
        let tags = || tied.iter().flatten().filter(|finding| is_tag(finding));
        let first = tags().next().map(|finding| finding.at.clone());
        if tags().all(|finding| Some(&finding.at) == first.as_ref()) {
            return merge_words(tags().cloned().collect());
        }
    }
    tied.sort_by_key(Vec::len);
    tied.into_iter().next().unwrap_or_default()
}

/// Alternatives that fit equally well: their words and keys are all known here, and one of the missing keys is enough.
fn merge_keys(at: &str, tied: Vec<Vec<Finding>>) -> Vec<Finding> {
    if tied.iter().all(|findings| is_one_word(at, findings)) {
        return merge_words(tied.into_iter().flatten().collect());
    }
    let mut tied = tied.into_iter();
    let mut merged = tied.next().unwrap_or_default();
    for other in tied.flatten().filter(|finding| finding.at == at) {
        for finding in merged.iter_mut().filter(|finding| finding.at == at) {
            add_names(&mut finding.issue, &other.issue);
        }
    }
    without_open_choice(at, merged)
}

/// Whether the value is a word that is not known, and nothing else is wrong.
fn is_one_word(at: &str, findings: &[Finding]) -> bool {
    let [finding] = findings else { return false };
    finding.at == at && matches!(finding.issue, Issue::UnknownWord { .. })
}

/// Adds the keys that another alternative knows for the same unknown key, or misses.
fn add_names(issue: &mut Issue, other: &Issue) {
    match (issue, other) {
        (
            Issue::UnknownKey { key, names, patterns },
            Issue::UnknownKey { key: same, names: more, patterns: more_patterns },
        ) if key == same => {
            add_new(names, more);
            add_new(patterns, more_patterns);
        }
        (Issue::MissingKey { one_of }, Issue::MissingKey { one_of: more }) => add_new(one_of, more),
        _ => {}
    }
}

/// Where a key is unknown and the alternatives miss different keys, the unknown key says it all.
fn without_open_choice(at: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    let unknown = findings.iter().any(|finding| finding.at == at && matches!(finding.issue, Issue::UnknownKey { .. }));
    findings.retain(|finding| {
        let choice = matches!(&finding.issue, Issue::MissingKey { one_of } if one_of.len() > 1);
        !(unknown && choice && finding.at == at)
    });
    findings
}

/// One finding with the words of all.
fn merge_words(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Option<Finding> = None;
    for finding in findings {
        match merged.as_mut().map(|merged| &mut merged.issue) {
            None => merged = Some(finding),
            Some(Issue::UnknownWord { words, .. }) => {
                if let Issue::UnknownWord { words: more, .. } = &finding.issue {
                    add_new(words, more);
                }
            }
            Some(_) => {}
        }
    }
    merged.into_iter().collect()
}

fn add_new(names: &mut Vec<String>, more: &[String]) {
    for name in more {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
}
