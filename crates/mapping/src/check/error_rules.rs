//! Every error rule can match: no earlier one takes all that it takes, and what it asks for can be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::requests::is_token;
use super::{Scope, error};
use crate::diagnostic::suggest::suggest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::table::duration;
use crate::path::{Path, Segment, text_of};
use crate::raw::{OneOrMany, RawDuring, RawErrorRule, RawWhen};

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    let doc = scope.sources.provider_doc;
    let raw = &scope.sources.raw_provider.errors;
    if raw.ok.is_some() && raw.code.is_none() {
        error(
            out,
            Code::MissingKey,
            doc.key("/errors/ok"),
            "`ok` is the code that means success: `code` says where it is",
        );
    }
    for (i, rule) in raw.rules.iter().enumerate() {
        let at = format!("/errors/rules/{i}");
        let when = pointer(&at, "when");
        if is_open(&rule.when) {
            let help = "say what an error has: `status`, `code`, `header` or `body`";
            out.push(
                Diagnostic::error(
                    Code::BadValue,
                    doc.place(&when),
                    "this rule makes an error of every answer, good ones too",
                )
                .with_help(help),
            );
        }
        if rule.when.code.is_some() && raw.code.is_none() {
            error(
                out,
                Code::ErrorRuleUnreachable,
                doc.key(&pointer(&when, "code")),
                "no code is ever known: `[errors]` has no `code`",
            );
        }
        statuses(scope, rule, &when, out);
        target(scope, rule, &when, out);
        waits(scope, rule, &at, out);
        slots(scope, rule, &at, out);
        let wider = raw.rules.iter().take(i).position(|earlier| covers(&earlier.when, &rule.when));
        if let Some(first) = wider {
            let first = doc.place(&format!("/errors/rules/{first}/when"));
            out.push(
                Diagnostic::error(
                    Code::ErrorRuleUnreachable,
                    doc.place(&when),
                    "an earlier rule takes everything that this one takes",
                )
                .with_related(first, "the first rule that matches wins")
                .with_help("put the narrower rule first"),
            );
        }
    }
}

/// Whether a rule asks for nothing that an answer has.
fn is_open(when: &RawWhen) -> bool {
    when.status.is_none() && when.code.is_none() && when.header.is_empty() && when.body.is_empty()
}

fn statuses(scope: &Scope<'_>, rule: &RawErrorRule, when: &str, out: &mut Diagnostics) {
    let doc = scope.sources.provider_doc;
    let at = pointer(when, "status");
    let Some(statuses) = &rule.when.status else { return };
    for (i, status) in statuses.as_slice().iter().enumerate().filter(|(_, status)| !(100..=599).contains(*status)) {
        let at = if matches!(statuses, OneOrMany::Many(_)) { pointer(&at, &i.to_string()) } else { at.clone() };
        error(out, Code::ErrorRuleUnreachable, doc.place(&at), format!("{status} is no status of HTTP"));
    }
}

/// What a rule is about is there, and is read or written as the rule says.
fn target(scope: &Scope<'_>, rule: &RawErrorRule, when: &str, out: &mut Diagnostics) {
    let Some(on) = &rule.when.on else { return };
    let mapping = scope.mapping;
    let place = scope.sources.provider_doc.place(&pointer(when, "on"));
    let record = mapping.records.iter().find(|record| record.name == *on);
    let is_action = mapping.actions.iter().any(|action| action.leaf == *on);
    let is_table = mapping.tables.iter().any(|table| table.name == *on);
    if record.is_none() && !is_action && !is_table {
        let names: Vec<&str> = mapping
            .records
            .iter()
            .map(|record| record.name.as_str())
            .chain(mapping.actions.iter().map(|action| action.leaf.as_str()))
            .chain(mapping.tables.iter().map(|table| table.name.as_str()))
            .collect();
        // Another resource of the provider may have it: only what is nearly a name of this one is a slip for certain.
        if let Some(near) = suggest(on, names) {
            let message = format!("there is no record, action or table `{on}`");
            out.push(
                Diagnostic::error(Code::UnknownRecord, place, message).with_help(format!("did you mean `{near}`?")),
            );
        }
        return;
    }
    let never = match rule.when.during {
        Some(RawDuring::Write) => !is_action && record.is_none_or(|record| record.write.is_none()),
        Some(RawDuring::Read) => !is_table && record.is_none_or(|record| record.read.is_none()),
        None => false,
    };
    if never {
        let verb = if rule.when.during == Some(RawDuring::Write) { "written" } else { "read" };
        let place = scope.sources.provider_doc.place(&pointer(when, "during"));
        error(out, Code::ErrorRuleUnreachable, place, format!("`{on}` is never {verb} by a request of its own"));
    }
}

/// The slots that a rule names are written: by a path, its first or its last name.
fn slots(scope: &Scope<'_>, rule: &RawErrorRule, at: &str, out: &mut Diagnostics) {
    let Some(fields) = rule.fields.as_ref().filter(|_| !scope.sites.iter().any(super::sites::Site::is_broken)) else {
        return;
    };
    let at = pointer(at, "fields");
    let spots = scope.sites.iter().filter(|site| !site.in_item()).flat_map(|site| site.write.iter().chain(&site.withs));
    let paths: Vec<&Path> = spots.chain(scope.arrays.iter().map(|(_, spot)| spot)).map(|spot| &spot.path).collect();
    let mut names: Vec<String> = Vec::new();
    for path in &paths {
        let ends = [path.segments.first(), path.segments.last()];
        names.extend(ends.into_iter().flatten().filter_map(|segment| match segment {
            Segment::Key(name) => Some(name.to_string()),
            _ => None,
        }));
        names.push(path.to_string());
    }
    names.sort();
    names.dedup();
    for (i, field) in fields.as_slice().iter().enumerate().filter(|(_, field)| !names.contains(field)) {
        // Another resource of the provider may have it, or an account's variable may stand for it.
        let Some(near) = suggest(field, names.iter().map(String::as_str)) else { continue };
        let at = if matches!(fields, OneOrMany::Many(_)) { pointer(&at, &i.to_string()) } else { at.clone() };
        let message = format!("nothing is written at `{field}`");
        let place = scope.sources.provider_doc.place(&at);
        out.push(Diagnostic::error(Code::UnknownPath, place, message).with_help(format!("did you mean `{near}`?")));
    }
}

/// A wait is a span, the name of a header, or a path in the body.
fn waits(scope: &Scope<'_>, rule: &RawErrorRule, at: &str, out: &mut Diagnostics) {
    let Some(waits) = &rule.wait else { return };
    let at = pointer(at, "wait");
    for (i, text) in waits.as_slice().iter().enumerate() {
        let header = is_token(text) && text.chars().next().is_some_and(char::is_alphabetic);
        let path = Path::parse(text)
            .is_ok_and(|path| matches!(path.segments.first(), Some(Segment::Key(_))) && !text.contains(' '));
        let begins_as_span = text.starts_with(|c: char| c.is_ascii_digit());
        if duration(text).is_some() || (!begins_as_span && (header || path)) {
            continue;
        }
        let at = if matches!(waits, OneOrMany::Many(_)) { pointer(&at, &i.to_string()) } else { at.clone() };
        let message = format!("`{text}` is neither a span nor a header nor a path in the body");
        let place = scope.sources.provider_doc.place(&at);
        out.push(
            Diagnostic::error(Code::BadValue, place, message)
                .with_help("a span is a number and its unit: \"2s\", \"500ms\""),
        );
    }
}

/// Whether everything that the second takes is taken by the first.
fn covers(first: &RawWhen, second: &RawWhen) -> bool {
    let codes = |codes: &Option<OneOrMany<Value>>| -> Option<Vec<String>> {
        Some(
            codes
                .as_ref()?
                .as_slice()
                .iter()
                .map(|code| text_of(Some(code)).unwrap_or_default().into_owned())
                .collect(),
        )
    };
    let statuses = |statuses: &Option<OneOrMany<u16>>| Some(statuses.as_ref()?.as_slice().to_vec());
    within(statuses(&first.status), statuses(&second.status))
        && within(codes(&first.code), codes(&second.code))
        && asks_no_more(&first.header, &second.header, |wanted, has| wanted == "present" || wanted == has)
        && asks_no_more(&first.body, &second.body, |wanted, has| *wanted == "present" || wanted == has)
        && first.on.as_ref().is_none_or(|on| second.on.as_ref() == Some(on))
        && first.during.is_none_or(|during| second.during == Some(during))
}

/// Whether the second list, none standing for all, lies within the first.
fn within<T: PartialEq>(first: Option<Vec<T>>, second: Option<Vec<T>>) -> bool {
    match (first, second) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(first), Some(second)) => second.iter().all(|one| first.contains(one)),
    }
}

/// Whether the second asks for all that the first asks for.
fn asks_no_more<T>(
    first: &BTreeMap<String, T>,
    second: &BTreeMap<String, T>,
    as_wide: impl Fn(&T, &T) -> bool,
) -> bool {
    first.iter().all(|(name, wanted)| second.get(name).is_some_and(|has| as_wide(wanted, has)))
}
