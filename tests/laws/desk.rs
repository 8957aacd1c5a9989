//! A mapping beside its simulated provider: runs patches and reads in process, and notes every write.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::diagnostic::pretty;
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::{Failure, Success};
use mapwright_mapping::plan::{Next, Options, Replies, RequestSpec, Run, StepKey, StepKind};
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_mapping::variables::Bound;
use mapwright_sandbox::{Moment, Sandbox};
use serde_json::Value;

use crate::hints::{Account, Custom, Hints, Names};
use crate::snapshot::Pairs;

/// More requests than any run needs.
const TOO_MANY: usize = 60;

/// A mapping beside its simulated provider.
pub(crate) struct Desk {
    pub(crate) hints: &'static Hints,
    pub(crate) mapping: Arc<Mapping>,
    pub(crate) sandbox: Sandbox,
    /// The demo's account, and after it the others.
    stands: Vec<Stand>,
    at: Cell<usize>,
    pub(crate) pairs: Rc<[Pairs]>,
    /// What the provider said about each account's tables: it is asked once, as the service asks once.
    tables: RefCell<BTreeMap<usize, Replies>>,
}

/// An account of the provider.
struct Stand {
    account: Option<&'static Account>,
    bound: Arc<Bound>,
    first: Moment,
}

/// How a run ended, and what it wrote on the way.
pub(crate) struct Ended {
    pub(crate) result: Result<Success, Failure>,
    pub(crate) writes: Vec<Write>,
}

/// A request that was to change something.
pub(crate) struct Write {
    pub(crate) key: StepKey,
    pub(crate) request: RequestSpec,
    /// The status of the answer.
    pub(crate) status: u16,
    /// Whether the provider took it: a good status alone does not say so.
    pub(crate) is_taken: bool,
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(self.request.body.as_deref().unwrap_or_default());
        write!(f, "{} {} {body} -> {}", self.request.method, self.request.url, self.status)
    }
}

impl Write {
    /// What is sent.
    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(self.request.body.as_deref().unwrap_or_default()).expect("a body in JSON")
    }
}

impl Desk {
    /// Loads the mapping and the simulated provider from the project's own files.
    pub(crate) fn open(hints: &'static Hints) -> Desk {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let directory = project.join("mappings").join(hints.provider);
        let mut models = FileSet::new();
        files(&project.join("schemas/unified"), "", &mut models);
        let mut mappings = FileSet::new();
        files(&directory, &format!("{}/", hints.provider), &mut mappings);
        let loaded = Catalog::load(&models, &mappings);
        let mapping = match loaded.catalog.mapping(hints.provider, "crm/leads") {
            Ok(mapping) => Arc::clone(mapping),
            Err(e) => panic!("{e}\n{}", pretty::render(&loaded.diagnostics, false)),
        };
        let text = std::fs::read_to_string(directory.join("sandbox.toml")).expect("a sandbox file");
        let sandbox = Sandbox::from_toml("sandbox.toml", &text).expect("a sandbox");
        let demo: BTreeMap<String, Value> =
            sandbox.demo().variables.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let first = sandbox.moment();
        let accounts = std::iter::once(None).chain(hints.accounts.iter().map(Some));
        let stands = accounts
            .map(|account| {
                let mut variables = demo.clone();
                for (name, value) in account.iter().flat_map(|account| account.variables) {
                    variables.insert((*name).to_owned(), serde_json::from_str(value).expect("a value in JSON"));
                }
                let bound = Arc::new(Bound::new(&mapping.provider.variables, &variables).expect("an account"));
                sandbox.go_back(&first);
                for (collection, id, record) in account.iter().flat_map(|account| account.records) {
                    let record = serde_json::from_str(record).expect("a record in JSON");
                    sandbox.put_record(collection, id, record).expect("a record of the provider");
                }
                Stand { account, bound, first: sandbox.moment() }
            })
            .collect();
        let (at, tables, pairs) = (Cell::new(0), RefCell::default(), Rc::from([]));
        let mut desk = Desk { hints, mapping, sandbox, stands, at, pairs, tables };
        desk.pairs = desk.find_pairs();
        desk.reset(0);
        desk
    }

    /// How many accounts there are.
    pub(crate) fn accounts(&self) -> usize {
        self.stands.len()
    }

    /// Goes to an account, with every record as it is at first.
    pub(crate) fn reset(&self, account: usize) {
        self.at.set(account);
        self.sandbox.go_back(&self.stands[account].first);
        self.sandbox.forget_log();
    }

    fn stand(&self) -> &Stand {
        &self.stands[self.at.get()]
    }

    /// The variables of the account.
    pub(crate) fn bound(&self) -> &Arc<Bound> {
        &self.stand().bound
    }

    /// The names of a leaf in an account.
    pub(crate) fn names_in(&self, account: usize, leaf: &str) -> Option<&'static [(&'static str, &'static str)]> {
        let of = |names: Names| names.iter().find(|(known, _)| *known == leaf).map(|(_, names)| *names);
        self.stands[account].account.and_then(|account| of(account.names)).or_else(|| of(self.hints.names))
    }

    /// The names of a leaf in the account at hand.
    pub(crate) fn names(&self, leaf: &str) -> Option<&'static [(&'static str, &'static str)]> {
        self.names_in(self.at.get(), leaf)
    }

    /// The custom keys of an account.
    pub(crate) fn custom_in(&self, account: usize) -> impl Iterator<Item = &'static (&'static str, Custom)> {
        let taken = self.stands[account].account.map(|account| account.taken).unwrap_or_default();
        self.hints.custom.iter().filter(|(key, _)| !taken.contains(key))
    }

    /// Runs a patch.
    pub(crate) fn patch(&self, id: &str, patch: &Value, options: Options) -> Ended {
        let run = move || Run::patch(Arc::clone(&self.mapping), Arc::clone(self.bound()), id, patch, options.clone());
        match run() {
            Ok(first) => self.carry(&first, || run().expect("the same run")),
            Err(failure) => Ended { result: Err(failure), writes: Vec::new() },
        }
    }

    /// Reads a lead.
    pub(crate) fn get(&self, id: &str) -> Success {
        let bound = || Arc::clone(self.bound());
        let run = || Run::get(Arc::clone(&self.mapping), bound(), id, Vec::new()).expect("a legal id");
        self.carry(&run(), run).result.expect("a lead that can be read")
    }

    /// Carries a run to its end, which is that of the same run made afresh, with every reply at hand.
    fn carry(&self, run: &Run, afresh: impl Fn() -> Run) -> Ended {
        let at = self.at.get();
        let mut replies = self.tables.borrow().get(&at).cloned().unwrap_or_default();
        let known = replies.len();
        let (mut writes, mut asked_names) = (Vec::new(), false);
        loop {
            assert!(replies.len() < known + TOO_MANY, "the run does not end: {writes:?}");
            match run.next(&replies) {
                Next::Done(result) => {
                    assert_eq!(afresh().next(&replies), Next::Done(result.clone()));
                    if asked_names {
                        self.tables.borrow_mut().insert(at, replies.tables());
                    }
                    return Ended { result: *result, writes };
                }
                Next::Send(step) => {
                    let writes_before = step.key.kind.writes().then(|| self.sandbox.writes());
                    let reply = self.answer(&step.request);
                    asked_names |= step.key.kind == StepKind::Table;
                    if let Some(before) = writes_before {
                        let (key, request) = (step.key.clone(), step.request.clone());
                        let is_taken = self.sandbox.writes() > before;
                        writes.push(Write { key, request, status: reply.status, is_taken });
                    }
                    replies.insert(step.key.clone(), Ending::Answered(reply));
                }
            }
        }
    }

    fn answer(&self, request: &RequestSpec) -> Reply {
        let mut builder = http::Request::builder().method(request.method.as_str()).uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let body = Bytes::from(request.body.clone().unwrap_or_default());
        let request = builder.header("Authorization", self.hints.authorization).body(body).expect("a request");
        let answer = self.sandbox.handle(&request);
        let headers = answer.headers().iter();
        Reply {
            status: answer.status().as_u16(),
            headers: headers.map(|(k, v)| (k.to_string(), v.to_str().unwrap_or_default().to_owned())).collect(),
            body: answer.body().to_vec().into(),
        }
    }
}

/// The files below a directory, by their path in it behind a prefix.
fn files(directory: &Path, prefix: &str, found: &mut FileSet) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8"));
        if path.is_dir() {
            files(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
}
