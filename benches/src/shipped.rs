//! The shipped mappings: a patch and a read of each, with every answer at hand.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use mapwright_cli::{Library, demo_account};
use mapwright_interpreter::{Account, Context, Interpreter, Sending, Transport};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::{Next, Options, Replies, Run};
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::as_it_comes;

/// A shipped mapping with an account at its simulated provider.
#[derive(Debug)]
pub struct Shipped {
    /// The provider.
    pub provider: String,
    mapping: Arc<Mapping>,
    account: Account,
    id: String,
    sandbox: Sandbox,
}

/// The answers to a run's requests, in their order.
#[derive(Debug)]
pub struct Script {
    answers: Vec<Ending>,
}

/// The shipped mappings.
///
/// # Panics
/// Where they do not load.
pub fn all() -> Vec<Shipped> {
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mappings");
    let library = Library::open(&[mappings], None).expect("the mappings can be read");
    let shipped = |provider: &str| {
        let mapping = Arc::clone(library.mapping(provider, None).expect("a mapping"));
        let sandbox = library.sandbox(provider).expect("a simulated provider");
        let account = demo_account(&mapping.provider, sandbox.demo()).expect("the demo's account");
        let id = sandbox.demo().first_id.clone();
        Shipped { provider: provider.to_owned(), mapping, account, id, sandbox }
    };
    library.providers().into_iter().map(shipped).collect()
}

/// A simulated provider that notes its answers, but for those about tokens.
struct Noting {
    sandbox: Sandbox,
    answers: Arc<Mutex<Vec<Ending>>>,
}

impl Noting {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let response = self.sandbox.handle(request);
        let step = request.extensions().get::<Context>().map(Context::step).unwrap_or_default();
        // A token that is spent is renewed, and the request sent again.
        let is_spent = response.status() == http::StatusCode::UNAUTHORIZED;
        if !is_spent && STEPS.iter().any(|known| step.starts_with(known)) {
            let headers = response.headers().iter();
            let reply = Reply {
                status: response.status().as_u16(),
                headers: headers.map(|(k, v)| (k.to_string(), v.to_str().unwrap_or_default().to_owned())).collect(),
                body: response.body().to_vec().into(),
            };
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(Ending::Answered(reply));
        }
        response
    }
}

/// How the steps of a run begin, in words.
const STEPS: [&str; 6] = ["read", "look up", "write", "create", "set", "verify"];

impl Transport for Noting {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move { Ok(self.answer(&request)) })
    }
}

impl Shipped {
    /// A patch that every provider takes.
    pub fn patch() -> Value {
        json!({"first_name": "Ada", "last_name": "Lovelace", "title": "Countess"})
    }

    fn run(&self, is_patch: bool) -> Run {
        let (mapping, bound) = (Arc::clone(&self.mapping), Arc::clone(self.account.bound()));
        let run = if is_patch {
            Run::patch(mapping, bound, &self.id, &Shipped::patch(), Options::default())
        } else {
            Run::get(mapping, bound, &self.id, Vec::new())
        };
        run.expect("it is taken")
    }

    /// The answers of the simulated provider to a patch, or to a read.
    ///
    /// # Panics
    /// Where it does not end well.
    pub fn script(&self, is_patch: bool) -> Script {
        // An account of its own has nothing looked up.
        let account = demo_account(&self.mapping.provider, self.sandbox.demo()).expect("the demo's account");
        let answers = Arc::default();
        let interpreter = Interpreter::new(Noting { sandbox: self.sandbox.fork(), answers: Arc::clone(&answers) });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let finished = runtime.block_on(async {
            if is_patch {
                let patch = Shipped::patch();
                interpreter.patch(&account, &self.mapping, &self.id, &patch, Options::default()).await
            } else {
                interpreter.get(&account, &self.mapping, &self.id, Vec::new()).await
            }
        });
        finished.result.unwrap_or_else(|failure| panic!("{}: {failure}", self.provider));
        let answers = std::mem::take(&mut *answers.lock().unwrap_or_else(PoisonError::into_inner));
        Script { answers }
    }

    /// Everything that the engine does for a patch, or for a read, between its requests.
    ///
    /// # Panics
    /// Where it does not end well.
    pub fn play(&self, script: &Script, is_patch: bool) -> Value {
        let (run, mut replies) = (self.run(is_patch), Replies::new());
        let mut answers = script.answers.iter();
        loop {
            match run.next(&replies) {
                Next::Done(done) => return done.expect("it ends well").resource,
                Next::Send(step) => replies.insert(step.key, as_it_comes(answers.next().expect("an answer"))),
            }
        }
    }
}
