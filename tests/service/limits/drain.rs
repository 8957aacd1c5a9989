//! How the service ends.

use std::io::{BufReader, Write as _};
use std::net::TcpStream;

use crate::support::{Answer, Database, Scene, Start, mappings_of, until};

/// A provider with a quick pace.
const PROVIDER: &str = "monday_crm";

#[test]
fn at_sigterm_what_runs_is_answered_and_nothing_new_is_taken() {
    let mappings = mappings_of(&[PROVIDER]);
    let scene = Scene::with_one(Database::sqlite(), PROVIDER, None);
    let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
    let service = Start::with_mappings(&scene.database, mappings.path()).start();
    let client = scene.client(&service);
    assert_eq!(client.raw("GET", "/readyz").send().status, 200);
    // A request that has begun to arrive is answered too.
    let mut begun = TcpStream::connect(service.address()).expect("a connection");
    begun.write_all(b"GET /readyz HTTP/1.1\r\n").expect("it is sent");
    provider.provoke("slow=2s@write");
    let (code, logs) = std::thread::scope(|scope| {
        let running = scope.spawn(|| client.patch(account, &lead, &provider.patch("At the end")).key("last").send());
        until("the patch is written", || provider.value(&lead) == "At the end");
        service.signal("TERM");
        until("nothing is accepted", || TcpStream::connect(service.address()).is_err());
        begun.write_all(b"host: here\r\n\r\n").expect("it is sent");
        Answer::read(&mut BufReader::new(&begun)).expect("an answer").assert_is_problem(503, "draining");
        let answer = running.join().expect("no panic");
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["title"], "At the end");
        service.ended()
    });
    assert_eq!(code, Some(0), "{logs}");
    assert!(logs.contains("the service has ended"), "{logs}");
    // Its answer is kept for those who come to the next process.
    let next = Start::with_mappings(&scene.database, mappings.path()).start();
    let again = scene.client(&next).patch(account, &lead, &provider.patch("At the end")).key("last").send();
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    next.signal("INT");
    assert_eq!(next.ended().0, Some(0));
}

#[test]
fn a_run_whose_caller_goes_away_is_ended_and_its_answer_kept() {
    let mappings = mappings_of(&[PROVIDER]);
    let scene = Scene::with_one(Database::sqlite(), PROVIDER, None);
    let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
    let service = Start::with_mappings(&scene.database, mappings.path()).start();
    let client = scene.client(&service);
    provider.provoke("slow=500ms@read");
    let patch = client.patch(account, &lead, &provider.patch("Gone away")).key("left");
    let mut stream = TcpStream::connect(service.address()).expect("a connection");
    stream.write_all(&patch.bytes()).expect("it is sent");
    until("the run has begun", || !provider.sandbox.log().is_empty());
    drop(stream);
    until("the patch is written", || provider.value(&lead) == "Gone away");
    let again = std::iter::repeat_with(|| patch.send()).find(|answer| answer.status != 409).expect("an end");
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")), "{}", again.text());
    assert_eq!(provider.effects().iter().filter(|body| body.contains("Gone away")).count(), 1);
}
