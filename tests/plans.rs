//! Plans: what is shown before anything is sent is what is sent, but for what only a reply tells.

use std::path::Path;
use std::sync::Arc;

use mapwright_cli::Library;
use mapwright_cli::case::{Case, CaseReply, Operation};
use mapwright_mapping::plan::{Next, PlannedStep, Replies, RequestSpec, Run, StepKey};
use mapwright_mapping::reply::{Ending, Reply};

fn library() -> Library {
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
    Library::open(&[mappings], None).expect("the mappings can be read")
}

/// The run of a case that patches; none where the patch is refused before.
fn run(library: &Library, case: &Case) -> Option<Run> {
    let Operation::Patch(patch, options) = &case.operation else { return None };
    let mapping = library.mapping(&case.provider, case.resource.as_deref()).expect("a mapping");
    let account = case.account(mapping).expect("an account");
    Run::patch(Arc::clone(mapping), Arc::clone(account.bound()), &case.id, patch, options.clone()).ok()
}

/// What is sent where each reply of the case comes once; none where a reply never came, or one more was asked for.
fn sent(run: &Run, case: &Case) -> Option<Vec<(StepKey, RequestSpec)>> {
    let (mut replies, mut sent) = (Replies::new(), Vec::new());
    for exchange in &case.exchanges {
        let CaseReply::Answer { status: status @ 200..300, headers, body } = &exchange.reply else { return None };
        let Next::Send(step) = run.next(&replies) else { return None };
        // A token is renewed between the steps of a run.
        if step.request.method != exchange.method || step.request.url != exchange.url {
            return None;
        }
        let reply = Reply { status: *status, headers: headers.clone(), body: body.as_bytes().to_vec().into() };
        replies.insert(step.key.clone(), Ending::Answered(reply));
        sent.push((step.key, step.request));
    }
    matches!(run.next(&replies), Next::Done(_)).then_some(sent)
}

/// Whether a text is the planned one with something in place of each hole.
fn fills(planned: &str, holes: &[String], text: &str) -> bool {
    let mut planned = planned.to_owned();
    for hole in holes {
        // In JSON a hole stands for a whole value, quotes and all; in JSON inside a text they are escaped.
        for quote in [r#"\""#, "\"", ""] {
            planned = planned.replace(&format!("{quote}{{{hole}}}{quote}"), "\0");
        }
    }
    let mut pieces: Vec<&str> = planned.split('\0').collect();
    let Some(last) = pieces.pop().filter(|_| !pieces.is_empty()) else { return planned == text };
    let first = pieces.remove(0);
    let mut rest = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    for piece in pieces {
        rest = rest.and_then(|rest| rest.split_once(piece)).map(|(_, rest)| rest);
    }
    rest.is_some()
}

fn text(request: &RequestSpec) -> String {
    format!("{} {}\n{}", request.method, request.url, body(request))
}

fn body(request: &RequestSpec) -> String {
    String::from_utf8(request.body.clone().unwrap_or_default()).expect("a text")
}

/// The case of a provider.
fn named(library: &Library, provider: &str, name: &str) -> Case {
    let mut files = library.case_files();
    let file = files.find(|file| file.provider == provider && file.name == name);
    library.case(file.expect("a case")).expect("a case")
}

#[test]
fn what_is_planned_without_a_hole_is_sent_as_it_is() {
    let library = library();
    let (mut wrong, mut whole) = (Vec::new(), 0);
    for file in library.case_files() {
        let case = library.case(file).expect("a case");
        let Some(run) = run(&library, &case) else { continue };
        let Some(sent) = sent(&run, &case) else { continue };
        for PlannedStep { key, request, .. } in
            run.plan(&Replies::new()).steps.into_iter().filter(|step| step.holes.is_empty())
        {
            let Some((_, sent)) = sent.iter().find(|(known, _)| *known == key) else { continue };
            whole += 1;
            if request != *sent {
                let (planned, sent) = (text(&request), text(sent));
                wrong.push(format!("{}: {}\nplanned {planned}\nsent {sent}", case.title(), key.in_words()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {whole} steps:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(whole >= 200, "{whole} steps show too little");
}

/// What is at hand in a plan of a case: nothing, and all that is read before the first write, and one reply more each
/// time; none where the run does not succeed.
fn at_hand(run: &Run, case: &Case) -> Option<Vec<Replies>> {
    let (mut replies, mut all, mut wrote) = (Replies::new(), vec![Replies::new()], false);
    for exchange in &case.exchanges {
        let CaseReply::Answer { status: status @ 200..300, headers, body } = &exchange.reply else { return None };
        let Next::Send(step) = run.next(&replies) else { return None };
        wrote |= step.key.kind.writes();
        if wrote {
            all.push(replies.clone());
        }
        let reply = Reply { status: *status, headers: headers.clone(), body: body.as_bytes().to_vec().into() };
        replies.insert(step.key, Ending::Answered(reply));
    }
    matches!(run.next(&replies), Next::Done(done) if done.is_ok()).then_some(all)
}

#[test]
fn a_plan_refuses_nothing_that_the_run_does() {
    let library = library();
    let mut plans = 0;
    for file in library.case_files() {
        let case = library.case(file).expect("a case");
        let Some(run) = run(&library, &case) else { continue };
        for replies in at_hand(&run, &case).into_iter().flatten() {
            let plan = run.plan(&replies);
            assert_eq!(plan.refusal, None, "{} {}, {} replies", file.provider, file.name, replies.len());
            plans += 1;
        }
    }
    assert!(plans >= 500, "{plans} plans show too little");
}

#[test]
fn what_a_reply_tells_comes_into_the_holes_of_a_plan_and_nothing_else_changes() {
    let library = library();
    let case = named(&library, "monday_crm", "custom-fields-of-every-type");
    let run = run(&library, &case).expect("a run");
    let sent = sent(&run, &case).expect("replies for all requests");
    let plan = run.plan(&Replies::new());
    let planned = plan.steps.iter().find(|step| step.key.kind.writes()).expect("a write");
    let (_, update) = sent.iter().find(|(key, _)| *key == planned.key).expect("the same write");
    assert_eq!(planned.holes.len(), 16, "the type of each column is still to come: {:?}", planned.holes);
    assert!(fills(&text(&planned.request), &planned.holes, &text(update)), "{planned:#?}\n{update:#?}");
}

#[test]
fn an_operation_and_its_variables_are_these_bytes() {
    let library = library();
    let case = named(&library, "monday_crm", "text-with-quotes");
    let run = run(&library, &case).expect("a run");
    let sent = sent(&run, &case).expect("replies for all requests");
    let (_, update) = sent.iter().find(|(key, _)| key.kind.writes()).expect("a write");
    let operation = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings/monday_crm/update_lead.graphql");
    let operation = std::fs::read_to_string(operation).expect("an operation");
    let operation = serde_json::to_string(&operation).expect("JSON");
    let columns = r#""{\"name\":\"He said \\\"hi\\\" \\\\ 日本\"}""#;
    let variables = format!(r#"{{"boardId":"2001047343","columnValues":{columns},"itemId":"9876543210"}}"#);
    assert_eq!(body(update), format!(r#"{{"query":{operation},"variables":{variables}}}"#));
}
