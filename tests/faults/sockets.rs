//! The same faults over real sockets: a cut connection is cut, and a run ends as it ends in this process.

use std::sync::Arc;

use mapwright_interpreter::{Account, Http, Interpreter};
use tokio::net::TcpListener;

use crate::bench::{Ended, Provider, Providers};

/// Runs the patch against a served provider that is told to misbehave.
async fn run(provider: &Provider, faults: &[&str]) -> Ended {
    let sandbox = provider.told(faults);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(mapwright_sandbox::serve(listener, Arc::new(sandbox.clone()), stopped));
    let interpreter = Interpreter::new(Http::new().expect("a client"));
    let at = |account: Account| account.at(&address).expect("this machine");
    let ended = provider.run_on(sandbox, &interpreter, at).await;
    stop.send(()).expect("it is served still");
    server.await.expect("no panic").expect("no error");
    ended
}

#[tokio::test]
async fn a_fault_ends_a_run_over_a_socket_as_it_does_in_this_process() {
    let cut = "sent without an answer: connection closed before message completed";
    for provider in Providers::open().all().await {
        for fault in
            ["cut-before@write", "cut-after@write", "cut-before@write*", "truncated@write", "half", "html@write", "500"]
        {
            let (here, there) = (provider.run(&[fault]).await, run(&provider, &[fault]).await);
            let place = format!("{} {fault}", provider.id());
            assert_eq!(here.class(), there.class(), "{place}");
            assert_eq!(here.outcomes(), there.outcomes(), "{place}");
            assert_eq!(here.endings(), there.endings(), "{place}");
            assert_eq!(here.records, there.records, "{place}");
            if fault.starts_with("cut") {
                assert_eq!(there.endings().first(), Some(&cut), "{place}");
            }
        }
    }
}
