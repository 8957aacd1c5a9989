//! One run over a transport in memory, on a clock that is paused: no test sleeps.

use super::*;
use crate::fixture::{Given, Memory, account, epoch, key_account, links, oauth_account, provider_with, reply, step};
use crate::transport::TransportError;
use std::sync::Arc;

const ERRORS: &str = "[errors]\ncode = \"code\"\n\
    [[errors.rules]]\nwhen = { code = \"final\" }\nclass = \"rate\"\nretry = \"no\"\n";

/// What a step came to: its ending, and how long it took in milliseconds.
async fn carried(account: &Account, transport: &Arc<Memory>, step: &Step) -> (String, u128, Call) {
    let links = links(transport);
    let (mut all, took) = steps(account, &links, std::slice::from_ref(step), 25).await;
    let (ending, call) = all.pop().expect("a step");
    (ending, took, call)
}

/// What steps of one run came to.
async fn steps(account: &Account, links: &Links, steps: &[Step], deadline: u64) -> (Vec<(String, Call)>, u128) {
    let provider = account.provider();
    let judge =
        |step: &Step, reply: &Reply| provider.errors.judge(reply, &step.purpose, &provider.limits, account.bound());
    let begun = Instant::now();
    let deadline = begun + Duration::from_secs(deadline);
    let mut session = Session::new(account, links, &judge, deadline);
    let mut endings = Vec::new();
    for step in steps {
        let (ending, cached) = session.step(step).await;
        let words = match ending.ending {
            Ending::Answered(reply) => format!("answered {}", reply.status),
            Ending::NeverSent(why) => format!("never sent: {why}"),
            Ending::Ambiguous(why) => format!("ambiguous: {why}"),
            Ending::Unusable(why) => format!("unusable: {why}"),
            Ending::Unauthorized(why) => format!("unauthorized: {why}"),
        };
        endings.push(if cached { format!("{words} (kept)") } else { words });
    }
    let took = begun.elapsed().as_millis();
    let calls = session.end().calls.into_iter().filter(|call| call.key.is_some());
    (endings.into_iter().zip(calls).collect(), took)
}

fn never_sent() -> Given {
    Err(TransportError::NeverSent("refused".to_owned()))
}

fn silence() -> Given {
    Err(TransportError::Ambiguous("cut".to_owned()))
}

fn read() -> Step {
    step(StepKind::ReadFirst)
}

fn write() -> Step {
    step(StepKind::Write)
}

fn repeatable() -> Step {
    Step { repeatable: true, ..write() }
}

#[tokio::test(start_paused = true)]
async fn credentials_enter_last_and_replace_what_is_there() {
    let transport = Memory::of([reply(200, &[], "{}")]);
    let mut step = write();
    step.request.headers.push(("x-key".to_owned(), "from the plan".to_owned()));
    let (ending, _, call) = carried(&key_account(""), &transport, &step).await;
    assert_eq!(ending, "answered 200");
    let seen = transport.seen.lock().expect("the requests");
    let all: Vec<_> = seen[0].headers().get_all("x-key").iter().collect();
    assert_eq!(all, ["canary-key"]);
    assert!(all[0].is_sensitive());
    assert_eq!(
        call.request.clone().expect("a request").headers,
        [("accept".to_owned(), "application/json".to_owned()), ("x-key".to_owned(), "***".to_owned())]
    );
    assert_eq!(call.request.expect("a request").body.expect("a body").text, "{\"colour\":\"red\"}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_left_is_sent_four_times_at_most() {
    let transport = Memory::of([never_sent(), never_sent(), never_sent(), never_sent()]);
    let (ending, took, call) = carried(&key_account(""), &transport, &write()).await;
    assert_eq!((ending.as_str(), took), ("never sent: refused", 200 + 400 + 800));
    let waits: Vec<u128> = call.attempts.iter().map(|sent| sent.waited.as_millis()).collect();
    assert_eq!(waits, [0, 200, 400, 800]);
    assert!(!call.repeated_after_silence);
}

#[tokio::test(start_paused = true)]
async fn a_read_is_sent_again_after_silence() {
    let transport = Memory::of([silence(), reply(200, &[], "{}")]);
    let (ending, _, call) = carried(&key_account(""), &transport, &read()).await;
    assert_eq!(ending, "answered 200");
    assert!(!call.repeated_after_silence);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_not_sent_again_after_silence() {
    let transport = Memory::of([silence()]);
    let (ending, _, call) = carried(&key_account(""), &transport, &write()).await;
    assert_eq!(ending, "ambiguous: sent without an answer: cut");
    assert_eq!(call.attempts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_sets_is_sent_again_after_silence_and_the_trace_says_so() {
    let transport = Memory::of([silence(), reply(200, &[], "{}")]);
    let (ending, _, call) = carried(&key_account(""), &transport, &repeatable()).await;
    assert_eq!(ending, "answered 200");
    assert!(call.repeated_after_silence);
}

#[tokio::test(start_paused = true)]
async fn silence_is_not_forgotten_when_the_repeated_write_never_leaves() {
    let transport = Memory::of([silence(), never_sent(), never_sent(), never_sent()]);
    let (ending, _, call) = carried(&key_account(""), &transport, &repeatable()).await;
    assert_eq!(ending, "ambiguous: sent without an answer: cut");
    assert_eq!(call.attempts.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn silence_is_silence_after_ten_seconds_and_the_deadline_ends_all() {
    let transport = Memory::with(Duration::from_hours(1), |_| reply(200, &[], "{}"));
    let (ending, took, call) = carried(&key_account(""), &transport, &read()).await;
    assert_eq!(ending, "ambiguous: sent without an answer: it took too long");
    assert_eq!((took, call.attempts.len()), (25_000, 3));
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_the_provider_is_not_repeated_for_a_write() {
    let transport = Memory::of([reply(500, &[], "")]);
    assert_eq!(carried(&key_account(""), &transport, &repeatable()).await.0, "answered 500");
    let transport = Memory::of([reply(500, &[], ""), reply(200, &[], "{}")]);
    assert_eq!(carried(&key_account(""), &transport, &read()).await.0, "answered 200");
}

#[tokio::test(start_paused = true)]
async fn a_stated_wait_is_obeyed_in_both_forms() {
    let date = httpdate::fmt_http_date(epoch() + Duration::from_secs(5));
    for (text, want) in [("3", 3000), (date.as_str(), 5000)] {
        let transport = Memory::of([reply(429, &[("Retry-After", text)], ""), reply(200, &[], "{}")]);
        let (ending, took, _) = carried(&key_account(""), &transport, &write()).await;
        assert_eq!((ending.as_str(), took), ("answered 200", want), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_gives_the_reply_back_at_once() {
    let transport = Memory::of([reply(429, &[("Retry-After", "25")], "")]);
    let account = key_account("");
    let (ending, took, _) = carried(&account, &transport, &read()).await;
    assert_eq!((ending.as_str(), took), ("answered 429", 0));
    // The provider's word holds for the next run as well: it is not asked again before.
    let transport = Memory::of([]);
    let (ending, took, call) = carried(&account, &transport, &read()).await;
    assert_eq!((ending.as_str(), took), ("never sent: the provider asked this account to wait 25 s", 0));
    assert_eq!(call.attempts, []);
}

#[tokio::test(start_paused = true)]
async fn what_a_rule_calls_final_is_not_sent_again() {
    let transport = Memory::of([reply(429, &[], "{\"code\":\"final\"}")]);
    let (ending, took, _) = carried(&key_account(ERRORS), &transport, &read()).await;
    assert_eq!((ending.as_str(), took), ("answered 429", 0));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_the_transport_refuses_is_sent_once() {
    let refused = || Err(TransportError::Refused("private".to_owned()));
    let transport = Memory::of([refused()]);
    let (ending, _, call) = carried(&key_account(""), &transport, &read()).await;
    assert_eq!((ending.as_str(), call.attempts.len()), ("never sent: private", 1));
}

#[tokio::test(start_paused = true)]
async fn a_header_of_the_plan_that_cannot_be_sent_sends_nothing() {
    let transport = Memory::of([]);
    let mut step = read();
    step.request.headers.push(("X-Note".to_owned(), "a\r\nX-Key: b".to_owned()));
    let (ending, _, _) = carried(&key_account(""), &transport, &step).await;
    assert_eq!(ending, "never sent: the header `X-Note` cannot be sent");
}

#[tokio::test(start_paused = true)]
async fn the_address_of_a_local_account_takes_the_place_of_every_host() {
    let transport = Memory::with(Duration::ZERO, |_| reply(200, &[], "{\"access_token\":\"canary-token\"}"));
    let account = oauth_account().at("http://127.0.0.1:81").expect("a local account");
    let (ending, _, call) = carried(&account, &transport, &read()).await;
    assert_eq!(ending, "answered 200");
    assert_eq!(transport.requests(), ["POST http://127.0.0.1:81/token", "GET http://127.0.0.1:81/v1/books/1"]);
    assert_eq!(call.request.as_ref().expect("a request").url, "http://127.0.0.1:81/v1/books/1");
}

#[tokio::test(start_paused = true)]
async fn the_pace_holds_over_the_steps_of_a_run() {
    let transport = Memory::with(Duration::ZERO, |_| reply(200, &[], "{}"));
    let account = key_account("[limits]\npace = \"2/1s\"\n");
    let all = [read(), read(), read(), write(), write()];
    let (endings, took) = steps(&account, &links(&transport), &all, 25).await;
    assert_eq!((endings.len(), took), (5, 2000));
}

#[tokio::test(start_paused = true)]
async fn nothing_left_makes_the_next_call_wait() {
    let transport = Memory::with(Duration::ZERO, |_| reply(200, &[("X-Left", "0"), ("X-Reset", "4")], "{}"));
    let limits = "[limits]\nremaining = \"X-Left\"\nreset = { header = \"X-Reset\", unit = \"s\" }\n";
    let (_, took) = steps(&key_account(limits), &links(&transport), &[read(), read()], 25).await;
    assert_eq!(took, 4000);
}

fn table(round: u32) -> Step {
    let mut step = step(StepKind::Table);
    step.key.round = round;
    step.cache = Some(Duration::from_mins(1));
    step
}

#[tokio::test(start_paused = true)]
async fn a_look_up_is_kept_and_a_further_round_asks_again() {
    let transport = Memory::of([reply(200, &[], "[1]"), reply(200, &[], "[2]")]);
    let (account, links) = (key_account(""), links(&transport));
    let (all, _) = steps(&account, &links, &[table(0), table(1)], 25).await;
    let endings: Vec<&str> = all.iter().map(|(ending, _)| ending.as_str()).collect();
    assert_eq!(endings, ["answered 200", "answered 200"]);
    let (all, _) = steps(&account, &links, &[table(0)], 25).await;
    let (ending, call) = &all[0];
    assert_eq!(ending, "answered 200 (kept)");
    assert!(call.cached && call.attempts.is_empty());
    assert_eq!(call.reply.as_ref().expect("a reply").body.text, "[2]");
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_failed_is_not_kept() {
    let transport = Memory::of([reply(404, &[], ""), reply(200, &[], "[2]")]);
    let (account, links) = (key_account(""), links(&transport));
    for want in ["answered 404", "answered 200", "answered 200 (kept)"] {
        assert_eq!(steps(&account, &links, &[table(0)], 25).await.0[0].0, want);
    }
}

#[tokio::test(start_paused = true)]
async fn no_canary_shows_in_what_a_provider_repeats() {
    let secrets = [("user", "canary user"), ("word", "canary/+word")];
    let auth = "[auth.basic]\nbasic = { user = \"{secret.user}\", password = \"{secret.word}\" }\n";
    let account = account(&provider_with(auth), &secrets);
    // The provider sends back all that it was sent, in every form.
    let transport = Memory::with(Duration::ZERO, |request| {
        let sent = request.headers()["authorization"].to_str().expect("text").to_owned();
        let echo = "canary user, canary%2F%2Bword, canary%20user, canary\\/+word";
        let headers = [("X-Echo", sent.as_str()), ("Set-Cookie", "canary-session")];
        reply(400, &headers, &format!("{{\"echo\":\"{sent} {echo}\"}}"))
    });
    let mut step = write();
    step.request.url = "https://api.example.com/v1/books/1?from=canary%20user".to_owned();
    let (ending, _, call) = carried(&account, &transport, &step).await;
    assert_eq!(ending, "answered 400");
    let shown = format!("{call:?} {}", serde_json::to_string(&call).expect("JSON"));
    assert!(!shown.contains("canary"), "{shown}");
    let encoded = "Y2FuYXJ5IHVzZXI6Y2FuYXJ5LyttY";
    assert!(!shown.contains(encoded.get(..20).expect("a part")), "{shown}");
    assert_eq!(call.request.as_ref().expect("a request").url, "https://api.example.com/v1/books/1?from=***");
    assert_eq!(call.reply.expect("a reply").body.text, "{\"echo\":\"Basic *** ***, ***, ***, ***\"}");
}

/// A provider that takes the second token alone, and counts as it renews.
fn takes_the_second() -> Arc<Memory> {
    let number = std::sync::atomic::AtomicUsize::new(0);
    Memory::with(Duration::from_millis(10), move |request| {
        if request.uri().path() == "/token" {
            let number = number.fetch_add(1, std::sync::atomic::Ordering::AcqRel) + 1;
            return reply(200, &[], &format!("{{\"access_token\":\"canary-token-{number}\"}}"));
        }
        match request.headers()["authorization"].to_str() {
            Ok("Bearer canary-token-2") => reply(200, &[], "{}"),
            _ => reply(401, &[], "{\"echo\":\"canary-token-1\"}"),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_once_and_the_write_sent_again() {
    let transport = takes_the_second();
    let (ending, _, call) = carried(&oauth_account(), &transport, &write()).await;
    assert_eq!(ending, "answered 200");
    let statuses: Vec<_> = call.attempts.iter().map(|sent| sent.status).collect();
    assert_eq!(statuses, [Some(401), Some(200)]);
    assert!(!call.repeated_after_silence);
    assert_eq!(
        call.request.as_ref().expect("a request").headers.last(),
        Some(&("authorization".to_owned(), "Bearer ***".to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_once_in_a_run_and_no_more() {
    let transport = Memory::with(Duration::ZERO, |request| match request.uri().path() {
        "/token" => reply(200, &[], "{\"access_token\":\"canary-token\"}"),
        _ => reply(401, &[], "{\"echo\":\"canary-token\"}"),
    });
    let (all, _) = steps(&oauth_account(), &links(&transport), &[read(), write()], 25).await;
    let endings: Vec<&str> = all.iter().map(|(ending, _)| ending.as_str()).collect();
    assert_eq!(endings, ["answered 401", "answered 401"]);
    let renewals = transport.requests().iter().filter(|request| request.starts_with("POST")).count();
    // One for the first token, one for the refusal.
    assert_eq!(renewals, 2);
    let shown = format!("{all:?}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn twenty_runs_whose_token_is_refused_renew_it_once() {
    let transport = takes_the_second();
    let (account, links) = (oauth_account(), links(&transport));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (account, links) = (account.clone(), links.clone());
        all.spawn(async move { steps(&account, &links, &[write()], 25).await.0[0].0.clone() });
    }
    assert_eq!(all.join_all().await, vec!["answered 200".to_owned(); 20]);
    let renewals = transport.requests().iter().filter(|request| request.starts_with("POST")).count();
    assert_eq!(renewals, 2);
}

#[tokio::test(start_paused = true)]
async fn no_token_is_unauthorized_or_unavailable_and_never_the_other() {
    for (status, want) in [(400, "unauthorized: status 400"), (503, "never sent: there is no access token: status 503")]
    {
        let transport = Memory::with(Duration::ZERO, move |_| reply(status, &[], ""));
        let (ending, _, call) = carried(&oauth_account(), &transport, &write()).await;
        assert_eq!(ending, want);
        assert_eq!(call.attempts, []);
    }
}
