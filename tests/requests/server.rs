//! A service with simulated providers, shared by all tests of this file.

use std::net::SocketAddr;
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use mapwright_cli::Library;
use mapwright_interpreter::{Http, Interpreter};
use mapwright_server::Service;
use mapwright_server::keyring::Keyring;
use mapwright_server::limits::Limits;
use mapwright_server::mappings::{Current, Loaded, Mappings, Refused};
use mapwright_server::sandboxed::{self, Demo};
use mapwright_server::store::{Store, Tenant};
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;

use crate::socket::{Answer, Socket};

/// The largest body that the service takes, in bytes.
pub(crate) const MOST_BODY: usize = 16 << 10;

/// The largest head that the service takes, in bytes.
pub(crate) const MOST_HEAD: usize = 8 << 10;

/// How long a caller may take for a request. Everything else has its answer long before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// A running service.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// The tokens of two tenants, and one for managing.
    pub(crate) token: String,
    pub(crate) other_token: String,
    pub(crate) admin_token: String,
    /// The accounts of the first tenant; the second has none.
    pub(crate) demos: Vec<Demo>,
}

struct Shipped;

impl Mappings for Shipped {
    fn load(&self) -> Result<Loaded, Refused> {
        Ok(Loaded { catalog: Library::shipped().catalog().clone(), docs: "<!doctype html>".to_owned() })
    }
}

/// The service.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(serve(send));
        });
        receive.recv().expect("a service")
    })
}

async fn serve(started: mpsc::Sender<Server>) {
    let mappings = Current::load(Shipped).expect("mappings");
    let store = Store::open("sqlite::memory:", Keyring::generate().expect("keys")).await.expect("a store");
    let library = Library::shipped();
    let ids = library.providers().into_iter();
    let sandboxes: Vec<_> = ids.map(|id| (id.to_owned(), library.sandbox(id).expect("a sandbox"))).collect();
    let demos = sandboxed::start(&mappings.catalog(), sandboxes, &store).await.expect("simulated providers");
    let other: Tenant = "other".parse().expect("a tenant");
    let (_, other_token) = store.add_token(Some(&other), "other").await.expect("a token");
    let (_, admin_token) = store.add_token(None, "admin").await.expect("a token");
    let limits = Limits { body: MOST_BODY, head: MOST_HEAD, patience: PATIENCE, ..Limits::default() };
    let interpreter = Interpreter::new(Http::new().expect("a client")).with_tokens(store.clone());
    let service = Service::new(mappings, store, interpreter, limits);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = Server {
        address: listener.local_addr().expect("an address"),
        token: sandboxed::TOKEN.to_owned(),
        other_token: other_token.expose_secret().to_owned(),
        admin_token: admin_token.expose_secret().to_owned(),
        demos,
    };
    started.send(server).expect("a test that waits");
    service.serve(listener, std::future::pending()).await;
}

impl Server {
    /// The account and the first record of a provider.
    pub(crate) fn demo(&self, provider: &str) -> &Demo {
        self.demos.iter().find(|demo| demo.provider == provider).expect("a simulated provider")
    }

    /// The target of the first record of one of the accounts, with its account in the query.
    pub(crate) fn target(&self) -> String {
        let demo = self.demo("hubspot");
        format!("/unified/crm/leads/{}?integrated_account_id={}", demo.first, demo.account)
    }

    /// Sends a head and a body, without touching either, and gives the answer.
    pub(crate) fn send(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut socket = Socket::open(self.address);
        socket.send(request.as_ref());
        socket.answer()
    }

    /// A request with the first tenant's token.
    pub(crate) fn request(&self, method: &str, target: &str, further: &str, body: &[u8]) -> Vec<u8> {
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n{further}Content-Length: {}\r\n\r\n",
            self.token,
            body.len()
        )
        .into_bytes();
        request.extend(body);
        request
    }

    /// A read with the first tenant's token.
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.send(self.request("GET", target, "", b""))
    }

    /// A patch in JSON with the first tenant's token.
    pub(crate) fn patch(&self, target: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(self.request("PATCH", target, "Content-Type: application/json\r\n", body.as_ref()))
    }

    /// The service still does its work.
    pub(crate) fn is_well(&self) {
        assert_eq!(self.get(&self.target()).status, 200);
    }
}
