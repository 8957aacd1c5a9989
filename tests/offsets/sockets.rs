//! Every byte of every answer and of every request, over real sockets and the HTTP client, in three framings.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use mapwright_interpreter::{Http, Interpreter, Sending, Transport};
use mapwright_sandbox::Sandbox;
use tokio::net::{TcpListener, TcpSocket};

use crate::case::{Case, How};
use crate::fault::{Fault, Repeat, What};
use crate::patches::{self, Patch};
use crate::scene::{Scene, scenes};
use crate::spread::{FEW, Spread, in_parallel, is_framed, is_wanted};
use crate::table::{Tally, report};
use crate::wire::{Framing, Wire};

/// The first wait before a request is sent again.
const WAIT: Duration = Duration::from_millis(1);

/// How many runs are under way at a time: most of their time they wait before they send again.
const AT_ONCE: usize = 24;

/// Into how many parts the faults of a patch are divided, so that no patch goes on when all others have ended.
const PARTS: usize = 16;

/// A part of what is tried.
struct Piece<'p> {
    patch: &'p Patch,
    framing: Framing,
    part: usize,
}

#[test]
fn over_a_socket_too_the_run_says_what_the_provider_has() {
    let scenes = scenes();
    let patches: Vec<Patch> = patches::all().into_iter().filter(is_tried).collect();
    let framings = [Framing::Length, Framing::Chunks, Framing::End];
    let framings: Vec<Framing> = framings.into_iter().filter(|framing| is_framed(&format!("{framing:?}"))).collect();
    let mut pieces = Vec::new();
    for &framing in &framings {
        for patch in &patches {
            pieces.extend((0..PARTS).map(|part| Piece { patch, framing, part }));
        }
    }
    let tallies = in_parallel(AT_ONCE, &pieces, |piece| {
        let scene = scenes.iter().find(|scene| scene.id() == piece.patch.provider).expect("it is shipped");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(tried(scene, piece))
    });
    let tallies: Vec<Tally> = tallies.chunks(PARTS).map(Tally::joined).collect();
    for (framing, tallies) in framings.iter().zip(tallies.chunks(patches.len())) {
        report(&format!("Bytes on the wire, answers that end by {framing:?}"), tallies);
    }
}

/// The HTTP client; a request that is to be refused goes to a port where nobody listens.
struct Client {
    http: Http,
    fault: Fault,
    nobody: u16,
    number: AtomicUsize,
}

impl Transport for Client {
    fn send(&self, mut request: Request<Bytes>) -> Sending<'_> {
        let number = self.number.fetch_add(1, Ordering::SeqCst);
        if self.fault.what == What::Refused && self.fault.meets(number, false) {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let uri = format!("http://127.0.0.1:{}{path}", self.nobody);
            *request.uri_mut() = uri.parse::<Uri>().expect("a URL");
        }
        self.http.send(request)
    }
}

async fn tried(scene: &Scene, piece: &Piece<'_>) -> Tally {
    let (patch, framing) = (piece.patch, piece.framing);
    let case = Case::new(scene, patch).await;
    let mut tally = Tally::new(&case);
    let http = Http::new().expect("a client");
    // A port that is taken and not listened at refuses, and nobody else gets it meanwhile.
    let taken = TcpSocket::new_v4().expect("a socket");
    taken.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    let nobody = taken.local_addr().expect("a port").port();
    let sound = Fault { at: usize::MAX, what: What::Unanswered, repeat: Repeat::Once };
    let wire = Wire::new(scene.first.fork(), framing, None);
    let ended = run(&case, &wire, &http, nobody, sound).await;
    if piece.part == 0 {
        tally.count(&case, &sound, ended);
    }
    let noted = wire.noted();
    assert_eq!(noted.len(), case.exchanges.len(), "{} {}", scene.id(), patch.name);
    let spread = Spread::given();
    for (at, (request, answer)) in noted.iter().enumerate() {
        let mut faults = vec![What::Refused];
        // The same bytes leave in every framing.
        if framing == Framing::Length {
            faults.extend(offsets(spread, request, request.len() + 1).into_iter().map(What::Request));
        }
        let answers = offsets(spread, answer, answer.len());
        if piece.part == 0 {
            tally.bytes += answer.len();
            tally.offsets += answers.len();
        }
        faults.extend(answers.into_iter().map(What::Answer));
        for what in faults.into_iter().skip(piece.part).step_by(PARTS) {
            let again = match what {
                What::Answer(offset) | What::Request(offset) => spread.is_repeated(offset),
                _ => true,
            };
            for repeat in [Repeat::Once, Repeat::On].into_iter().take(1 + usize::from(again)) {
                let fault = Fault { at, what, repeat };
                let wire = Wire::new(scene.first.fork(), framing, Some(fault));
                let ended = run(&case, &wire, &http, nobody, fault).await;
                tally.count(&case, &fault, ended);
                let met = wire.met.load(Ordering::SeqCst) > 0 || what == What::Refused;
                assert!(met, "{}", case.named(&fault));
            }
        }
    }
    drop(taken);
    tally
}

/// Where few offsets are tried, those providers are tried with a patch of several requests whose requests differ in kind.
fn is_tried(patch: &Patch) -> bool {
    let differs = patch.writes.len() > 1 || patch.versioned || patch.name == "one";
    is_wanted(patch.provider) && (differs || Spread::given() != Spread::Of(FEW))
}

/// The offsets of a message that are tried, with those at its edges: its first byte, the ends of its first line and of its
/// head, and its last byte.
fn offsets(spread: Spread, message: &[u8], below: usize) -> Vec<usize> {
    let end = |mark: &[u8]| message.windows(mark.len()).position(|window| window == mark).unwrap_or(0);
    let (line, head) = (end(b"\r\n"), end(b"\r\n\r\n"));
    let mut offsets = spread.below(below);
    offsets.extend([0, line + 2, head, head + 4, below - 1].into_iter().filter(|offset| *offset < below));
    offsets.sort_unstable();
    offsets.dedup();
    offsets
}

/// Runs the patch against a socket of its own, and judges it.
async fn run(case: &Case<'_>, wire: &Arc<Wire>, http: &Http, nobody: u16, fault: Fault) -> Result<How, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(Arc::clone(wire).serve(listener));
    let client = Client { http: http.clone(), fault, nobody, number: AtomicUsize::new(0) };
    let finished = case.run_at(&Interpreter::new(client).waiting(WAIT), Some(&address)).await;
    server.abort();
    // A request that was cut while it was done is done by now: the server has let it go.
    let _ = server.await;
    let sandbox: &Sandbox = wire.sandbox();
    case.judge(&finished, sandbox)
}
