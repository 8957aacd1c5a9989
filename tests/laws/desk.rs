//! A mapping beside its simulated provider: runs patches and reads in process, and notes every write.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::diagnostic::pretty;
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::{Failure, Success};
use mapwright_mapping::plan::{Next, Options, Replies, RequestSpec, Run, StepKey};
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_mapping::variables::Bound;
use mapwright_sandbox::Sandbox;
use serde_json::Value;

use crate::hints::Hints;

/// More requests than any run needs.
const TOO_MANY: usize = 60;

/// A mapping beside its simulated provider.
pub(crate) struct Desk {
    pub(crate) hints: &'static Hints,
    pub(crate) mapping: Arc<Mapping>,
    pub(crate) bound: Arc<Bound>,
    pub(crate) sandbox: Sandbox,
    first: Value,
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
        let variables: BTreeMap<String, Value> =
            sandbox.demo().variables.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let bound = Arc::new(Bound::new(&mapping.provider.variables, &variables).expect("the demo's variables"));
        let first = sandbox.state();
        Desk { hints, mapping, bound, sandbox, first }
    }

    /// Puts every record back as the sandbox file has it.
    pub(crate) fn reset(&self) {
        self.sandbox.restore(&self.first).expect("the first state");
    }

    /// Runs a patch.
    pub(crate) fn patch(&self, id: &str, patch: &Value, options: Options) -> Ended {
        match Run::patch(Arc::clone(&self.mapping), Arc::clone(&self.bound), id, patch, options) {
            Ok(run) => self.carry(&run),
            Err(failure) => Ended { result: Err(failure), writes: Vec::new() },
        }
    }

    /// Reads a lead.
    pub(crate) fn get(&self, id: &str) -> Success {
        let run = Run::get(Arc::clone(&self.mapping), Arc::clone(&self.bound), id, Vec::new()).expect("a legal id");
        self.carry(&run).result.expect("a lead that can be read")
    }

    fn carry(&self, run: &Run) -> Ended {
        let mut replies = Replies::new();
        let mut writes = Vec::new();
        loop {
            assert!(replies.len() < TOO_MANY, "the run does not end: {writes:?}");
            match run.next(&replies) {
                Next::Done(result) => return Ended { result: *result, writes },
                Next::Send(step) => {
                    let writes_before = step.key.kind.writes().then(|| self.writes_done());
                    let reply = self.answer(&step.request);
                    if let Some(before) = writes_before {
                        let (key, request) = (step.key.clone(), step.request.clone());
                        let is_taken = self.writes_done() > before;
                        writes.push(Write { key, request, status: reply.status, is_taken });
                    }
                    replies.insert(step.key.clone(), Ending::Answered(reply));
                }
            }
        }
    }

    /// How many writes the simulated provider has done.
    fn writes_done(&self) -> u64 {
        self.sandbox.state()["serial"].as_u64().expect("a count of writes")
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
            body: answer.body().to_vec(),
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
