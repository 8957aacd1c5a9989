//! What the targets share: the shipped files, loaded once for each provider.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{Request, Response};
use mapwright_cli::case::{self, Case, CaseReply};
use mapwright_interpreter::TransportError;
use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::model::Model;
use mapwright_sandbox::Sandbox;
use serde_json::Value;

/// The providers, in the order in which a digit chooses them.
pub(crate) const PROVIDERS: [&str; 9] = [
    "dynamics365_sales",
    "hubspot",
    "insightly",
    "monday_crm",
    "nutshell",
    "pipedrive",
    "pipeliner",
    "zendesk_sell",
    "zoho_crm",
];

/// A provider as it is shipped; each part is loaded when it is first asked for.
pub(crate) struct Desk {
    pub(crate) id: &'static str,
    catalog: OnceLock<Catalog>,
    files: OnceLock<FileSet>,
    sandbox: OnceLock<(Sandbox, Value)>,
    cases: OnceLock<Vec<Case>>,
}

impl Desk {
    const fn new(id: &'static str) -> Desk {
        Desk { id, catalog: OnceLock::new(), files: OnceLock::new(), sandbox: OnceLock::new(), cases: OnceLock::new() }
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        self.catalog.get_or_init(|| Catalog::load(models(), self.files()).catalog)
    }

    pub(crate) fn mapping(&self) -> &Arc<Mapping> {
        self.catalog().mapping(self.id, "crm/leads").expect("the shipped mapping")
    }

    pub(crate) fn files(&self) -> &FileSet {
        self.files.get_or_init(|| file_set(self.id))
    }

    /// The simulated provider, with its first records.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        let (sandbox, first) = self.sandbox.get_or_init(|| {
            let bytes = self.files().get(&format!("{}/sandbox.toml", self.id)).expect("a sandbox file");
            let sandbox = Sandbox::from_toml("sandbox.toml", &String::from_utf8_lossy(bytes)).expect("a sandbox");
            let first = sandbox.state();
            (sandbox, first)
        });
        sandbox.restore(first).expect("the first state");
        sandbox
    }

    pub(crate) fn cases(&self) -> &[Case] {
        self.cases.get_or_init(|| {
            let cases = cases(self.id).into_iter();
            cases.map(|(name, bytes)| case::read(&name, self.id, &name, &bytes).expect("a case")).collect()
        })
    }
}

/// The provider that a digit chooses.
pub(super) fn desk(index: usize) -> &'static Desk {
    static DESKS: [Desk; 9] = {
        let mut desks = [const { Desk::new("") }; 9];
        let mut index = 0;
        while index < desks.len() {
            desks[index].id = PROVIDERS[index];
            index += 1;
        }
        desks
    };
    &DESKS[index % DESKS.len()]
}

/// The unified schemas.
pub(super) fn models() -> &'static FileSet {
    static MODELS: OnceLock<FileSet> = OnceLock::new();
    MODELS.get_or_init(|| {
        let mut found = FileSet::new();
        files(&root().join("schemas/unified"), "", &mut found);
        found
    })
}

/// The unified lead.
pub(super) fn model() -> &'static Model {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    MODEL.get_or_init(|| {
        let loaded = Catalog::load(models(), &FileSet::new());
        Arc::clone(loaded.catalog.models().find(|model| model.resource == "crm/leads").expect("the lead"))
    })
}

/// A provider's files, by their path below the mappings.
pub(crate) fn file_set(provider: &str) -> FileSet {
    let mut found = FileSet::new();
    files(&root().join("mappings").join(provider), &format!("{provider}/"), &mut found);
    found
}

/// The cases of a provider: name and bytes.
pub(crate) fn cases(provider: &str) -> BTreeMap<String, Vec<u8>> {
    let prefix = format!("{provider}/cases/");
    let named =
        |(name, bytes): (String, Vec<u8>)| Some((name.strip_prefix(&prefix)?.strip_suffix(".toml")?.to_owned(), bytes));
    file_set(provider).into_iter().filter_map(named).collect()
}

/// The project's directory: the nearest one around this package that has mappings.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|path| path.join("mappings").is_dir()).expect("the project").to_owned()
}

/// The files below a directory, by their path in it behind a prefix.
fn files(directory: &Path, prefix: &str, found: &mut FileSet) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8"));
        if path.is_dir() {
            files(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
}

/// What a case says that comes back.
pub(super) fn response(reply: &CaseReply) -> Result<Response<Bytes>, TransportError> {
    match reply {
        CaseReply::Answer { status, headers, body } => {
            let mut builder = Response::builder().status(*status);
            for (name, text) in headers {
                builder = builder.header(name, text);
            }
            Ok(builder.body(Bytes::from(body.clone())).expect("a reply"))
        }
        _ => Err(TransportError::Ambiguous("the case says so".to_owned())),
    }
}

/// Runs what waits; waits are over at once.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

/// A transport that answers by a function.
pub(super) struct Answers<F>(pub(super) F);

impl<F> mapwright_interpreter::Transport for Answers<F>
where
    F: Fn(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
{
    fn send(&self, request: Request<Bytes>) -> mapwright_interpreter::Sending<'_> {
        let answer = (self.0)(&request);
        Box::pin(async move { answer })
    }
}
