//! Every case over real HTTP: the bytes that arrive at a server are those of the run in this process, where no socket
//! is. The server gives the replies of the case.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use mapwright_cli::Library;
use mapwright_cli::case::{Case, CaseExchange, CaseReply};
use mapwright_interpreter::{Http, Interpreter};

/// A request as it arrived: method, path with query, body.
type Arrived = (String, String, Vec<u8>);

/// Answers one request for each exchange, in order, each on a connection of its own.
fn serve(exchanges: Vec<CaseExchange>) -> (SocketAddr, JoinHandle<Vec<Arrived>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = std::thread::spawn(move || {
        let mut arrived = Vec::new();
        for exchange in exchanges {
            let (mut stream, _) = listener.accept().expect("a connection");
            // A connection without a request ends a run that sends less than the case has.
            let Some(request) = read(&mut stream) else { break };
            arrived.push(request);
            answer(&mut stream, &exchange.reply);
        }
        arrived
    });
    (address, server)
}

fn read(stream: &mut TcpStream) -> Option<Arrived> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).expect("readable") == 0 {
            return None;
        }
        bytes.extend(byte);
    }
    let head = String::from_utf8(bytes).expect("a head of text");
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let header = |name: &str| {
        let found = head.lines().filter_map(|line| line.split_once(": "));
        found.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
    };
    assert_eq!(header("transfer-encoding"), None, "a body has its length");
    let length: usize = header("content-length").map_or(0, |text| text.parse().expect("a number"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the whole body");
    Some((method, target, body))
}

fn answer(stream: &mut TcpStream, reply: &CaseReply) {
    let text = match reply {
        CaseReply::NeverSent | CaseReply::Silence => return,
        CaseReply::Cut => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"cut".to_owned(),
        CaseReply::Answer { status, headers, body } => {
            let framing = ["content-length", "transfer-encoding", "connection"];
            let headers = headers.iter().filter(|(name, _)| !framing.contains(&name.to_lowercase().as_str()));
            let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
            for (name, value) in headers {
                let _ = write!(head, "{name}: {value}\r\n");
            }
            if ![204, 304].contains(status) {
                let _ = write!(head, "Content-Length: {}\r\n", body.len());
            }
            format!("{head}\r\n{body}")
        }
    };
    stream.write_all(text.as_bytes()).expect("the reply is taken");
}

/// What differs between the case over a wire and in this process.
async fn compare(library: &Library, case: &Case) -> Option<String> {
    let mapping = library.mapping(&case.provider, case.resource.as_deref()).expect("a mapping");
    let here = case.replay(mapping).await.expect("an account");
    if let Some(difference) = here.difference {
        return Some(format!("the case itself fails: {difference}"));
    }
    let (address, server) = serve(case.exchanges.clone());
    let account = case.account(mapping).expect("an account").at(&format!("http://{address}")).expect("this machine");
    let interpreter = Interpreter::new(Http::new().expect("a client"));
    let there = case.ask(&interpreter, &account, mapping).await;
    while !server.is_finished() {
        // Whatever is left waits for a request that does not come.
        drop(TcpStream::connect(address));
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let arrived = server.join().expect("the server ends");
    let sent = here.sent.iter().map(|sent| {
        let url: http::Uri = sent.url.parse().expect("a URL");
        let target = url.path_and_query().expect("a path").to_string();
        (sent.method.clone(), target, sent.body.to_vec())
    });
    let sent: Vec<Arrived> = sent.collect();
    if sent != arrived {
        return Some(format!("in this process: {}\nover the wire: {}", shown(&sent), shown(&arrived)));
    }
    match (here.finished.result, there.result) {
        (Ok(one), Ok(other)) if one == other => None,
        (Err(one), Err(other)) if one.class == other.class && one.outcomes == other.outcomes => None,
        (one, other) => Some(format!("in this process: {one:?}\nover the wire: {other:?}")),
    }
}

fn shown(requests: &[Arrived]) -> String {
    let lines = requests
        .iter()
        .map(|(method, target, body)| format!("\n  {method} {target} {}", String::from_utf8_lossy(body)));
    lines.collect()
}

/// How many cases run at once: most of the time is spent in the waits that a case's provider asks for.
const AT_ONCE: usize = 24;

/// Runs all cases below a directory of mappings, and gives how many there were.
fn run(mappings: &str, schemas: Option<&str>) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let schemas = schemas.map(|path| root.join(path));
    let library = Library::open(&[root.join(mappings)], schemas.as_deref()).expect("the mappings can be read");
    let mut failed = Vec::new();
    let mut cases = Vec::new();
    for file in library.case_files() {
        match library.case(file) {
            Ok(case) => cases.push(case),
            Err(found) => failed.extend(found.iter().map(ToString::to_string)),
        }
    }
    // No server can show a request that never left.
    let never = |case: &Case| case.exchanges.iter().any(|exchange| exchange.reply == CaseReply::NeverSent);
    let (left_out, cases): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(never);
    let next = AtomicUsize::new(0);
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut failed = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(difference) = runtime.block_on(compare(&library, case)) {
                failed.push(format!("{}: {difference}", case.title()));
            }
        }
        failed
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        failed.extend(workers.into_iter().flat_map(|worker| worker.join().expect("no panic")));
    });
    println!("{mappings}: {} cases over the wire, {} left out", cases.len(), left_out.len());
    assert!(failed.is_empty(), "{} of {} cases:\n{}", failed.len(), cases.len(), failed.join("\n"));
    cases.len()
}

#[test]
fn every_case_sends_the_same_bytes_over_the_wire() {
    assert!(run("mappings", None) > 0, "there are no cases");
}

#[test]
fn the_cases_of_the_fixture_send_the_same_bytes_over_the_wire() {
    assert_eq!(run("tests/cli/mappings", Some("tests/cli/schemas")), 4);
}
