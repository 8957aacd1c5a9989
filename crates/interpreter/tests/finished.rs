//! What a run hands to a service besides its result, and dry runs.

mod library;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use library::{account, mapping};
use mapwright_interpreter::{
    Account, Finished, Interpreter, Planned, RateLeft, Raw, Renewal, Sending, Transport, TransportError,
};
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use serde_json::{Value, json};

type Given = Result<Response<Bytes>, TransportError>;
type Does = dyn Fn(&str, usize) -> Given + Send + Sync;

/// A provider in memory: what it says to `METHOD /path` the how-manieth time.
#[derive(Clone)]
struct Provider {
    does: Arc<Does>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    fn new(does: impl Fn(&str, usize) -> Given + Send + Sync + 'static) -> Provider {
        Provider { does: Arc::new(does), seen: Arc::default() }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("the requests").clone()
    }
}

impl Transport for Provider {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let line = format!("{} {}", request.method(), request.uri().path());
        let mut seen = self.seen.lock().expect("the requests");
        let before = seen.iter().filter(|known| **known == line).count();
        seen.push(line.clone());
        let given = (self.does)(&line, before + 1);
        Box::pin(std::future::ready(given))
    }
}

#[allow(clippy::unnecessary_wraps, reason = "as a transport gives it")]
fn says(status: u16, headers: &[(&str, &str)], body: &str) -> Given {
    let reply =
        headers.iter().fold(Response::builder().status(status), |reply, (name, text)| reply.header(*name, *text));
    Ok(reply.body(Bytes::from(body.to_owned())).expect("a reply"))
}

const TOKEN: &str = r#"{"access_token": "canary-token-1", "expires_in": 3600, "refresh_token": "canary-next"}"#;
const SHELVES: &str = r#"{"shelves": [{"name": "North", "id": 7}]}"#;
const BOOK: &str = r#"{ "data": {"id": "1", "colour": "red", "shelf_id": 7.0} }"#;

/// What a good provider says, with other words for one request.
fn good(line: &str) -> Given {
    match line {
        "POST /token" => says(200, &[], TOKEN),
        "GET /v1/shelves" => says(200, &[("X-Left", "8")], SHELVES),
        _ => says(200, &[("Content-Type", "application/json; v=1"), ("X-Left", "7")], BOOK),
    }
}

fn but(line: &'static str, other: impl Fn(usize) -> Given + Send + Sync + 'static) -> Provider {
    Provider::new(move |asked, number| if asked == line { other(number) } else { good(asked) })
}

async fn patch(provider: &Provider, patch: Value) -> Finished {
    let mapping = mapping();
    let interpreter = Interpreter::new(provider.clone());
    let finished = interpreter.patch(&account(&mapping), &mapping, "1", &patch, Options::default()).await;
    let shown = format!("{finished:?}");
    assert!(!shown.contains("canary"), "{shown}");
    finished
}

async fn colour(provider: &Provider) -> Finished {
    patch(provider, json!({"colour": "red"})).await
}

#[tokio::test]
async fn the_main_record_s_last_answer_is_handed_on_as_it_came() {
    let provider = Provider::new(|line, _| good(line));
    let want = (200, Some("application/json; v=1".to_owned()), Bytes::from_static(BOOK.as_bytes()));
    let shown = |main: Option<Raw>| main.map(|main| (main.status(), main.content_type(), main.body()));
    assert_eq!(shown(colour(&provider).await.main), Some(want.clone()));
    assert_eq!(provider.seen().last().expect("a request"), "GET /v1/shelves", "it is not the last answer of the run");
    let mapping = mapping();
    let read = Interpreter::new(provider).get(&account(&mapping), &mapping, "1", Vec::new()).await;
    assert_eq!(shown(read.main), Some(want));
}

#[tokio::test]
async fn what_the_answer_repeats_of_the_account_is_masked_in_it() {
    let echo = r#"{"data": {"id": "1", "colour": "red", "shelf_id": 7}, "was": "Bearer canary-token-1"}"#;
    let finished = colour(&but("PATCH /v1/books/1", move |_| says(200, &[], echo))).await;
    let main = finished.main.expect("an answer");
    assert_eq!(
        String::from_utf8_lossy(&main.body()),
        r#"{"data":{"id":"1","colour":"red","shelf_id":7},"was":"Bearer ***"}"#
    );
    assert_eq!(main.content_type(), None);
}

#[tokio::test]
async fn a_trace_without_texts_tells_of_steps_and_attempts() {
    let (provider, mapping) = (Provider::new(|line, _| good(line)), mapping());
    let interpreter = Interpreter::new(provider.clone());
    let patch = json!({"colour": "red"});
    let whole = interpreter.patch(&account(&mapping), &mapping, "1", &patch, Options::default()).await;
    let interpreter = Interpreter::new(provider).without_texts();
    let bare = interpreter.patch(&account(&mapping), &mapping, "1", &patch, Options::default()).await;
    assert_eq!(bare.result, whole.result);
    assert_eq!(bare.main, whole.main);
    let steps = |finished: &Finished| finished.trace.calls.iter().map(|call| call.step.clone()).collect::<Vec<_>>();
    assert_eq!(steps(&bare), steps(&whole));
    assert_eq!(classes(&bare), classes(&whole));
    assert!(whole.trace.calls.iter().all(|call| call.request.is_some() && call.reply.is_some()));
    assert!(bare.trace.calls.iter().all(|call| call.request.is_none() && call.reply.is_none()));
}

#[tokio::test]
async fn a_run_that_failed_has_no_answer_of_the_record() {
    let finished = colour(&but("PATCH /v1/books/1", |_| says(422, &[], "{\"message\":\"no\"}"))).await;
    assert_eq!((finished.result.expect_err("a failure").class, finished.main), (Class::Invalid, None));
}

#[tokio::test]
async fn what_is_left_is_what_the_last_answer_says() {
    let rate = colour(&Provider::new(|line, _| good(line))).await.rate;
    assert_eq!(rate, Some(RateLeft { remaining: Some(8), ..RateLeft::default() }));
    let silent = Provider::new(|line, _| match line {
        "POST /token" => says(200, &[("X-Left", "1")], TOKEN),
        _ => says(200, &[], BOOK),
    });
    assert_eq!(colour(&silent).await.rate, None, "the token endpoint says nothing of the provider's limits");
}

/// The class of every attempt, by call.
fn classes(finished: &Finished) -> Vec<(&str, Vec<Option<Class>>)> {
    let calls = finished.trace.calls.iter();
    calls.map(|call| (call.step.as_str(), call.attempts.iter().map(|sent| sent.class).collect())).collect()
}

#[tokio::test(start_paused = true)]
async fn every_attempt_has_its_class() {
    let provider = but("PATCH /v1/books/1", |number| match number {
        1 => Err(TransportError::NeverSent("no connection".to_owned())),
        2 => says(429, &[("Retry-After", "1")], ""),
        3 => Err(TransportError::Ambiguous("cut".to_owned())),
        _ => good("PATCH /v1/books/1"),
    });
    let finished = colour(&provider).await;
    assert_eq!(
        classes(&finished),
        [
            ("renew the access token", vec![None]),
            ("write book", vec![Some(Class::Unavailable), Some(Class::Rate), Some(Class::Ambiguous), None]),
            ("look up shelves", vec![None]),
        ]
    );
    assert!(finished.result.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_renewal_is_told_from_a_step_and_its_ending_is_data() {
    let renewals = async |provider: Provider| {
        let finished = colour(&provider).await;
        let calls = finished.trace.calls.iter();
        let renewals: Vec<_> = calls.map(|call| (call.is_renewal(), call.renewal)).collect();
        (renewals, finished.needs_reauth)
    };
    let (step, renewal) = ((false, None), |ending| (true, Some(ending)));
    assert_eq!(
        renewals(Provider::new(|line, _| good(line))).await,
        (vec![renewal(Renewal::Renewed), step, step], false)
    );
    let refused = |_| says(400, &[], r#"{"error": "invalid_grant"}"#);
    assert_eq!(renewals(but("POST /token", refused)).await, (vec![renewal(Renewal::Refused), step], true));
    let down = |_| says(503, &[], "");
    assert_eq!(renewals(but("POST /token", down)).await, (vec![renewal(Renewal::Unavailable), step], false));
}

#[tokio::test(start_paused = true)]
async fn credentials_are_needed_anew_only_where_no_renewal_helps() {
    let needs = async |provider: Provider| colour(&provider).await.needs_reauth;
    let book = |answer: fn(usize) -> Given| but("PATCH /v1/books/1", answer);
    assert!(needs(book(|_| says(401, &[], ""))).await, "a 401 that a renewal does not cure");
    assert!(!needs(book(|number| if number == 1 { says(401, &[], "") } else { says(200, &[], BOOK) })).await);
    assert!(!needs(book(|_| says(403, &[], ""))).await, "what the account is not allowed");
    assert!(!needs(book(|_| says(503, &[], ""))).await);
    assert!(!needs(book(|_| Err(TransportError::Ambiguous("cut".to_owned())))).await);
    let token = |status: u16, body: &'static str| but("POST /token", move |_| says(status, &[], body));
    assert!(needs(token(400, r#"{"error": "invalid_grant"}"#)).await);
    assert!(needs(token(401, r#"{"error": "invalid_client"}"#)).await);
    for (status, body) in
        [(429, ""), (500, ""), (400, r#"{"error":"temporarily_unavailable"}"#), (403, "<html></html>")]
    {
        assert!(!needs(token(status, body)).await, "{status} {body}");
    }
    // The token is refused, and then the endpoint is away: nobody knows yet.
    let away = Provider::new(|line, number| match (line, number) {
        ("POST /token", 1) => says(200, &[], TOKEN),
        ("POST /token", _) => says(503, &[], ""),
        _ => says(401, &[], ""),
    });
    assert!(!needs(away).await);
}

async fn plan(provider: &Provider, patch: Value, reads: bool) -> Planned {
    let mapping = mapping();
    let interpreter = Interpreter::new(provider.clone());
    let planned = interpreter.plan(&account(&mapping), &mapping, "1", &patch, Options::default(), reads).await;
    let shown = format!("{planned:?}");
    assert!(!shown.contains("canary"), "{shown}");
    planned
}

/// The requests of a plan, with their holes.
fn requests(planned: &Planned) -> Vec<(String, String, Vec<String>)> {
    let steps = planned.plan.steps.iter();
    let request = |step: &mapwright_mapping::plan::PlannedStep| {
        let body = String::from_utf8_lossy(step.request.body.as_deref().unwrap_or_default()).into_owned();
        (format!("{} {}", step.request.method, step.request.url), body, step.holes.clone())
    };
    steps.map(request).collect()
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_shows_holes() {
    let provider = Provider::new(|line, _| good(line));
    let planned = plan(&provider, json!({"shelf": "North"}), false).await;
    assert_eq!(provider.seen(), Vec::<String>::new());
    assert_eq!(planned.trace.calls, []);
    assert_eq!(planned.plan.refusal, None);
    let holes: Vec<_> = requests(&planned).into_iter().map(|(line, _, holes)| (line, holes.len())).collect();
    let (shelves, book) = ("GET https://api.example.com/v1/shelves", "PATCH https://api.example.com/v1/books/1");
    assert_eq!(holes, [(shelves.to_owned(), 0), (book.to_owned(), 1)]);
}

#[tokio::test]
async fn a_dry_run_with_reads_sends_reads_alone_and_has_no_holes() {
    let provider = Provider::new(|line, _| good(line));
    let planned = plan(&provider, json!({"shelf": "North"}), true).await;
    assert_eq!(provider.seen(), ["POST /token", "GET /v1/shelves"]);
    assert_eq!(planned.trace.calls.len(), 2);
    assert_eq!(
        requests(&planned),
        [
            ("GET https://api.example.com/v1/shelves".to_owned(), String::new(), vec![]),
            ("PATCH https://api.example.com/v1/books/1".to_owned(), "{\"data\":{\"shelf_id\":7}}".to_owned(), vec![]),
        ]
    );
}

#[tokio::test]
async fn a_read_of_a_dry_run_fails_as_the_run_fails() {
    let down = || but("GET /v1/shelves", |_| says(403, &[], "{\"message\":\"not yours\"}"));
    let planned = plan(&down(), json!({"shelf": "North"}), true).await;
    let refusal = planned.plan.refusal.expect("a refusal");
    assert_eq!(Err(refusal), patch(&down(), json!({"shelf": "North"})).await.result);
    let refused = || but("POST /token", |_| says(400, &[], "{\"error\":\"invalid_grant\"}"));
    let planned = plan(&refused(), json!({"shelf": "North"}), true).await;
    assert!(planned.needs_reauth);
    assert_eq!(
        Err(planned.plan.refusal.expect("a refusal")),
        patch(&refused(), json!({"shelf": "North"})).await.result
    );
}

#[tokio::test]
async fn a_dry_run_is_refused_as_the_run_is() {
    for wrong in [json!({"shelf": "South"}), json!({"colour": 1}), json!({"shelf": "South", "colour": 1})] {
        let provider = Provider::new(|line, _| good(line));
        let planned = plan(&provider, wrong.clone(), true).await;
        let finished = patch(&Provider::new(|line, _| good(line)), wrong).await;
        assert_eq!(Err(planned.plan.refusal.expect("a refusal")), finished.result);
        assert_eq!(finished.main, None);
    }
}

#[tokio::test]
async fn an_account_of_another_provider_has_no_plan() {
    let mapping = mapping();
    let mut other = (*mapping.provider).clone();
    other.id = "archive".to_owned();
    let account = Account::without_credentials("one", &Arc::new(other), &std::collections::BTreeMap::new());
    let interpreter = Interpreter::new(Provider::new(|line, _| good(line)));
    let patch = json!({"colour": "red"});
    let planned =
        interpreter.plan(&account.expect("an account"), &mapping, "1", &patch, Options::default(), true).await;
    assert_eq!(
        planned.plan.refusal.expect("a refusal").message,
        "the account is for the provider `archive`, and the mapping is for `library`"
    );
}
