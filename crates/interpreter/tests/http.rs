//! The transport over HTTP against servers that misbehave, on loopback sockets.

mod server;

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use mapwright_interpreter::{Context, Http, LARGEST_REPLY, Transport, TransportError};
use server::{Does, Server, head};

/// A request to a server, from an account that is bound to this machine.
fn request(url: &str) -> Request<Bytes> {
    let context = Context::new("write book", true);
    let builder = Request::patch(url).header("X-Key", "kéy").extension(context);
    builder.body(Bytes::from_static(b"{\"colour\":\"red\"}")).expect("a request")
}

async fn sent(server: &Server) -> Result<Response<Bytes>, TransportError> {
    Http::new().expect("a client").send(request(&server.url("/books/1"))).await
}

/// The error's variant, without its words.
fn kind(result: &Result<Response<Bytes>, TransportError>) -> &'static str {
    match result {
        Ok(_) => "answered",
        Err(TransportError::NeverSent(_)) => "never sent",
        Err(TransportError::Refused(_)) => "refused",
        Err(TransportError::Ambiguous(_)) => "ambiguous",
        Err(TransportError::CutOff(_)) => "cut off",
        Err(TransportError::TooLarge(_)) => "too large",
        Err(_) => "other",
    }
}

#[tokio::test]
async fn a_request_arrives_as_it_is_and_the_reply_comes_back_whole() {
    let answer = "HTTP/1.1 201 Created\r\nX-One: a\r\nX-One: b\r\nContent-Length: 2\r\n\r\n{}";
    let server = Server::start(Does::Say(answer.into())).await;
    let reply = sent(&server).await.expect("a reply");
    assert_eq!(reply.status(), 201);
    assert_eq!(reply.headers().get_all("x-one").iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(reply.body(), "{}");
    let host = server.url("");
    let host = host.trim_start_matches("http://");
    let want = format!(
        "PATCH /books/1 HTTP/1.1\r\nx-key: kéy\r\naccept: */*\r\nhost: {host}\r\ncontent-length: 16\r\n\r\n{{\"colour\":\"red\"}}"
    );
    assert_eq!(server.requests(), [want]);
}

#[tokio::test]
async fn pages_nothing_and_halves_are_replies_as_they_came() {
    for (head_of, body) in [
        (head(502, "Content-Type: text/html\r\n"), "<h1>Bad</h1>"),
        (head(204, ""), ""),
        (head(200, "Content-Type: application/json\r\n"), "{\"colour\":"),
    ] {
        let server = Server::start(Does::Say(format!("{head_of}{body}"))).await;
        let reply = sent(&server).await.expect("a reply");
        assert_eq!(reply.body(), body);
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let target = Server::start(Does::Say(head(200, ""))).await;
    let location = format!("Location: {}\r\n", target.url("/elsewhere"));
    let server = Server::start(Does::Say(head(307, &location))).await;
    let reply = sent(&server).await.expect("a reply");
    assert_eq!(reply.status(), 307);
    assert_eq!(target.requests(), [""; 0]);
}

#[tokio::test]
async fn an_endless_answer_is_read_up_to_the_cap() {
    let server = Server::start(Does::Flood(50 << 20)).await;
    assert_eq!(sent(&server).await.err(), Some(TransportError::TooLarge(LARGEST_REPLY)));
    // What the server could get rid of is what was read and what lay in the buffers of the sockets.
    let written = server.written().await;
    assert!((LARGEST_REPLY..LARGEST_REPLY + (16 << 20)).contains(&written), "{written}");
}

#[tokio::test]
async fn a_length_beyond_the_cap_is_not_read_at_all() {
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", LARGEST_REPLY + 1);
    let server = Server::start(Does::Say(answer)).await;
    assert_eq!(sent(&server).await.err(), Some(TransportError::TooLarge(LARGEST_REPLY)));
    let answer = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(LARGEST_REPLY));
    let server = Server::start(Does::Say(answer)).await;
    assert_eq!(sent(&server).await.expect("a reply").body().len(), LARGEST_REPLY);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_cut_off() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"colour\"";
    let server = Server::start(Does::Say(answer.into())).await;
    let result = sent(&server).await;
    assert_eq!(kind(&result), "cut off");
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_is_ambiguous() {
    for (words, does) in [
        ("before the request was read", Does::HangUp),
        ("after it was read", Does::Say(String::new())),
        ("in the first line", Does::Say("HTTP/1.1 200".into())),
        ("after something else", Does::Say("no HTTP at all\r\n\r\n".into())),
    ] {
        let server = Server::start(does).await;
        assert_eq!(kind(&sent(&server).await), "ambiguous", "{words}");
    }
}

#[tokio::test]
async fn silence_ends_when_the_caller_no_longer_waits() {
    let server = Server::start(Does::Nothing).await;
    let result = tokio::time::timeout(Duration::from_millis(200), sent(&server)).await;
    assert!(result.is_err());
}

#[tokio::test]
async fn no_connection_and_no_tls_are_never_sent() {
    let client = Http::new().expect("a client");
    let url = {
        let server = Server::start(Does::Nothing).await;
        server.url("/books/1")
    };
    tokio::task::yield_now().await;
    let result = client.send(request(&url)).await;
    assert_eq!(kind(&result), "never sent", "{result:?}");
    let server = Server::start(Does::HangUp).await;
    let url = server.url("/books/1").replace("http:", "https:");
    let result = client.send(request(&url)).await;
    assert_eq!(kind(&result), "never sent", "{result:?}");
}

#[tokio::test]
async fn a_request_is_sent_once_whatever_happens() {
    let server = Server::start(Does::HangUp).await;
    let _ = sent(&server).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn only_the_accounts_of_this_machine_reach_it() {
    let server = Server::start(Does::Say(head(200, ""))).await;
    let client = Http::new().expect("a client");
    let port = server.url("").rsplit(':').next().expect("a port").to_owned();
    for (host, local, want) in [
        ("http://127.0.0.1", false, "the URL is not `https`"),
        ("https://127.0.0.1", false, "`127.0.0.1` leads to a private or local address"),
        ("https://localhost", false, "`localhost` leads to a private or local address"),
        ("https://2130706433", false, "`127.0.0.1` leads to a private or local address"),
        ("https://0x7f.1", false, "`127.0.0.1` leads to a private or local address"),
        ("https://[::ffff:127.0.0.1]", false, "`[::ffff:7f00:1]` leads to a private or local address"),
        ("https://169.254.169.254", false, "`169.254.169.254` leads to a private or local address"),
        ("http://10.0.0.1", true, "`10.0.0.1` leads to a private or local address"),
        ("https://api.example.com", true, "`api.example.com` leads to a private or local address"),
        ("https://user:word@127.0.0.1", true, "the URL holds a user"),
        ("ftp://127.0.0.1", true, "the URL is not `https`"),
    ] {
        let mut request = request(&format!("{host}:{port}/books/1"));
        request.extensions_mut().insert(Context::new("write book", local));
        let result = client.send(request).await;
        assert_eq!(result.err(), Some(TransportError::Refused(want.to_owned())), "{host}");
    }
    let by_name = request(&format!("http://localhost:{port}/books/1"));
    assert_eq!(client.send(by_name).await.expect("a reply").status(), 200);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_request_without_a_context_is_not_local() {
    let server = Server::start(Does::Say(head(200, ""))).await;
    let mut request = request(&server.url("/books/1"));
    request.extensions_mut().clear();
    assert_eq!(kind(&Http::new().expect("a client").send(request).await), "refused");
}

#[tokio::test]
async fn a_path_that_would_reach_another_record_is_refused() {
    let server = Server::start(Does::Say(head(200, ""))).await;
    let client = Http::new().expect("a client");
    for path in ["/books/..", "/books/../shelves", "/books/.", "/books/%2e%2E", "/books/.%2e/x"] {
        let result = client.send(request(&server.url(path))).await;
        let want = "the path of the URL is not in its plain form";
        assert_eq!(result.err(), Some(TransportError::Refused(want.to_owned())), "{path}");
    }
    for path in ["/books/a%2Fb%20c", "/books/(1)'!*;,:@&=+$", "", "/books/a..b"] {
        let result = client.send(request(&server.url(path))).await;
        assert_eq!(kind(&result), "answered", "{path}");
    }
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn a_client_of_the_embedder_is_used_as_it_is() {
    let server = Server::start(Does::Say(head(200, ""))).await;
    let ready = Http::build(reqwest::Client::builder().no_proxy().user_agent("library/1"));
    ready.expect("a client").send(request(&server.url("/"))).await.expect("a reply");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let over = Http::over(client);
    over.send(request(&server.url("/"))).await.expect("a reply");
    assert!(server.requests()[0].contains("user-agent: library/1\r\n"));
    let mut private = request(&server.url("/"));
    private.extensions_mut().clear();
    assert_eq!(kind(&over.send(private).await), "refused");
}
