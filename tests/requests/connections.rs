//! Callers that are slow, that break off, and that send what is no HTTP.

use crate::documented::assert_error;
use crate::server::{MOST_BODY, server};
use crate::socket::Socket;

#[test]
fn requests_that_come_together_are_answered_in_their_order() {
    let server = server();
    let mut socket = Socket::open(server.address);
    let mut all = server.request("GET", &server.target(), "", b"");
    all.extend(server.request("PATCH", &server.target(), "Content-Type: application/json\r\n", b"x"));
    all.extend(server.request("GET", "/nowhere", "", b""));
    all.extend(server.request("GET", "/livez", "", b""));
    socket.send(&all);
    assert_eq!(socket.answer().status, 200);
    assert_error(&socket.answer(), "body-not-json", 400);
    assert_error(&socket.answer(), "unknown-route", 404);
    assert_eq!(socket.answer().status, 200);
}

#[test]
fn a_body_that_is_refused_unread_ends_the_connection_and_nothing_of_it_is_taken_for_a_request() {
    let server = server();
    let mut socket = Socket::open(server.address);
    let hidden = server.request("GET", "/livez", "", b"");
    let body = [vec![b' '; MOST_BODY + 1], hidden].concat();
    socket.send(&server.request("PATCH", &server.target(), "Content-Type: application/json\r\n", &body));
    assert_error(&socket.answer(), "body-too-large", 413);
    server.is_well();
}

#[test]
fn a_slow_body_is_waited_for_so_long_and_no_longer() {
    let server = server();
    let mut socket = Socket::open(server.address);
    let mut request =
        server.request("PATCH", &server.target(), "Content-Type: application/json\r\n", b"{\"title\":\"A\"}");
    request.truncate(request.len() - 3);
    socket.send(&request);
    assert_error(&socket.answer(), "request-timeout", 408);
    server.is_well();
}

#[test]
fn a_slow_head_is_waited_for_so_long_and_no_longer() {
    let server = server();
    let mut socket = Socket::open(server.address);
    socket.send(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    assert_error(&socket.answer(), "request-timeout", 408);
    assert!(socket.is_closed());
    server.is_well();
}

#[test]
fn a_connection_that_says_nothing_is_closed_without_a_word() {
    let mut socket = Socket::open(server().address);
    assert!(socket.is_closed());
    let mut socket = Socket::open(server().address);
    socket.send(&server().request("GET", "/livez", "", b""));
    assert_eq!(socket.answer().status, 200);
    assert!(socket.is_closed());
}

#[test]
fn a_caller_that_breaks_off_within_its_body_is_told_if_it_still_listens() {
    let server = server();
    let mut socket = Socket::open(server.address);
    let mut request =
        server.request("PATCH", &server.target(), "Content-Type: application/json\r\n", b"{\"title\":\"A\"}");
    request.truncate(request.len() - 3);
    socket.send(&request);
    socket.end();
    assert_error(&socket.answer(), "body-incomplete", 400);
    server.is_well();
}

#[test]
fn many_half_open_connections_do_not_keep_others_out() {
    let server = server();
    let mut halves: Vec<Socket> = (0..200).map(|_| Socket::open(server.address)).collect();
    for half in &mut halves {
        half.send(b"PATCH /unified/crm/leads/1 HTTP/1.1\r\nHost");
    }
    server.is_well();
    drop(halves);
    server.is_well();
}

#[test]
fn chunks_are_a_body_and_broken_chunks_are_told() {
    let server = server();
    let head = format!(
        "PATCH {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.target(),
        server.token
    );
    assert_eq!(server.send(format!("{head}2\r\n{{}}\r\n0\r\n\r\n")).status, 200);
    assert_error(&server.send(format!("{head}zz\r\n")), "body-incomplete", 400);
    let large = format!("{head}{:x}\r\n{}\r\n0\r\n\r\n", MOST_BODY + 1, " ".repeat(MOST_BODY + 1));
    assert_error(&server.send(large), "body-too-large", 413);
    server.is_well();
}

#[test]
fn what_is_no_http_is_told_so_and_the_connection_ends() {
    let server = server();
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a client that speaks TLS\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET /livez HTTP/3.0\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /liv\xffez\x00 HTTP/1.1\r\n\r\n",
    ] {
        let mut socket = Socket::open(server.address);
        socket.send(garbage);
        assert_error(&socket.answer(), "malformed-request", 400);
        assert!(socket.is_closed());
        server.is_well();
    }
}
