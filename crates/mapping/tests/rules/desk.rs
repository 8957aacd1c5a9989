//! Runs a mapping that a test writes down, with the replies that it writes down, and tells what was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::{Failure, Success};
use mapwright_mapping::plan::{ListMode, Next, Options, Plan, PlannedStep, Replies, RequestSpec, Run, StepKey};
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_mapping::variables::Bound;
use mapwright_mapping::version::EntityTag;
use serde_json::Value;

use crate::cases;
use crate::lines::{shown, told};
use crate::schemas::{model, payload};

/// What stands above every mapping: the resource, its id, and the record that most of them have.
const HEAD: &str = r#"
language = 1
resource = "library/books"
main = "book"
"#;
const ID: &str = r#"
[fields.id]
path = "id"
read_only = "the shop gives it"
"#;
const BOOK: &str = r#"
[records.book]
clear = "null"
read = { send = "GET /books/{id}" }
write = { send = "PATCH /books/{id}", body = "{changes}" }
"#;
const PROVIDER: &str = r#"
language = 1
[provider]
label = "Shop"
base = "https://shop.test"
[auth.key]
headers = { X-Key = "{secret.key}" }
[errors]
code = "code"
message = "message"
fields = "fields[*]"
"#;

/// A provider with one mapping.
pub(crate) struct Desk {
    mapping: Arc<Mapping>,
    bound: Arc<Bound>,
}

/// A patch or a read, with the replies it will get.
pub(crate) struct Call<'d> {
    desk: &'d Desk,
    id: String,
    patch: Option<Value>,
    options: Options,
    replies: BTreeMap<String, (Ending, bool)>,
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The requests in the order in which they were sent.
    pub(crate) sent: Vec<(StepKey, RequestSpec)>,
    /// The result.
    pub(crate) result: Result<Success, Failure>,
}

impl Desk {
    /// A mapping of these unified fields. Without `[records.book]` in the text the book is one JSON object.
    pub(crate) fn new(fields: &str, mapping: &str) -> Desk {
        Desk::at(fields, mapping, "")
    }

    /// The same, with more in the provider's file.
    pub(crate) fn at(fields: &str, mapping: &str, provider: &str) -> Desk {
        let found = load(fields, mapping, provider, true);
        let catalog = found.unwrap_or_else(|found| panic!("the mapping is not good: {found:#?}"));
        let mapping = Arc::clone(catalog.mapping("shop", "library/books").expect("the mapping"));
        let bound = Bound::new(&mapping.provider.variables, &BTreeMap::new()).expect("the variables have defaults");
        Desk { mapping, bound: Arc::new(bound) }
    }

    /// A patch of the book 7.
    pub(crate) fn patch(&self, patch: Value) -> Call<'_> {
        self.call(Some(patch))
    }

    /// A read of the book 7.
    pub(crate) fn get(&self) -> Call<'_> {
        self.call(None)
    }

    /// The mapping itself.
    pub(crate) fn mapping(&self) -> Arc<Mapping> {
        Arc::clone(&self.mapping)
    }

    /// The account's variables.
    pub(crate) fn bound(&self) -> Arc<Bound> {
        Arc::clone(&self.bound)
    }

    fn call(&self, patch: Option<Value>) -> Call<'_> {
        Call { desk: self, id: "7".to_owned(), patch, options: Options::default(), replies: BTreeMap::new() }
    }
}

/// The findings of a mapping, without those of the cases that it lacks.
pub(crate) fn findings(fields: &str, mapping: &str) -> Vec<String> {
    let found = load(fields, mapping, "", false).err().unwrap_or_default();
    found.into_iter().filter(|finding| !finding.contains("error[case-")).collect()
}

/// `shown`: with the cases that the mapping needs, wherever it needs them.
fn load(fields: &str, mapping: &str, provider: &str, shown: bool) -> Result<Catalog, Vec<String>> {
    let model = model(fields);
    let id = if mapping.contains("[fields.id]") { "" } else { ID };
    let book = if mapping.contains("[records.book]") { "" } else { BOOK };
    // What stands before the first section belongs to the head.
    let (top, rest) = mapping.split_at(mapping.find("\n[").unwrap_or(0));
    let mapping = format!("{HEAD}{top}{book}{id}{rest}");
    let models: FileSet = [("books.json".to_owned(), model.to_string().into_bytes())].into();
    let provider = format!("{PROVIDER}{provider}");
    let payload = payload(&mapping).to_string();
    let named = mapping.contains("cases/it.toml").then(|| ("cases/it.toml".to_owned(), String::new()));
    let (mapping, cases) = if shown { cases::shown(&mapping) } else { (mapping, named.into_iter().collect()) };
    let files: FileSet = [("provider.toml", provider), ("books.toml", mapping), ("payload.json", payload)]
        .map(|(name, text)| (name.to_owned(), text))
        .into_iter()
        .chain(cases)
        .map(|(name, text)| (format!("shop/{name}"), text.into_bytes()))
        .collect();
    let loaded = Catalog::load(&models, &files);
    let found: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    if found.is_empty() { Ok(loaded.catalog) } else { Err(found) }
}

impl Call<'_> {
    /// The id in the path.
    pub(crate) fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// In strict mode.
    pub(crate) fn strict(mut self) -> Self {
        self.options.strict = true;
        self
    }

    /// With lists that are merged.
    pub(crate) fn merging(mut self) -> Self {
        self.options.lists = ListMode::Merge;
        self
    }

    /// Where the record is of one of these versions.
    pub(crate) fn if_match(mut self, tags: impl Into<Vec<EntityTag>>) -> Self {
        self.options.if_match = Some(tags.into());
        self
    }

    /// With a query parameter for the provider.
    pub(crate) fn remote_query(mut self, name: &str, value: Value) -> Self {
        self.options.remote_query.push((name.to_owned(), value));
        self
    }

    /// A JSON answer with status 200.
    pub(crate) fn answer(self, step: &str, body: Value) -> Self {
        self.status(step, 200, body)
    }

    /// A JSON answer; a `null` body is an empty one.
    #[allow(clippy::needless_pass_by_value, reason = "a test writes the answer down where it is given")]
    pub(crate) fn status(self, step: &str, status: u16, body: Value) -> Self {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.text(step, status, &body)
    }

    /// Any answer.
    pub(crate) fn text(self, step: &str, status: u16, body: &str) -> Self {
        let reply = Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec().into() };
        self.ends(step, Ending::Answered(reply))
    }

    /// An answer that is kept from before.
    #[allow(clippy::needless_pass_by_value, reason = "a test writes the answer down where it is given")]
    pub(crate) fn kept(mut self, step: &str, body: Value) -> Self {
        let reply = Reply { status: 200, headers: Vec::new(), body: body.to_string().into_bytes().into() };
        self.replies.insert(step.to_owned(), (Ending::Answered(reply), true));
        self
    }

    /// Sent, then silence.
    pub(crate) fn silence(self, step: &str) -> Self {
        self.ends(step, Ending::Ambiguous("silence".to_owned()))
    }

    /// Any ending.
    pub(crate) fn ends(mut self, step: &str, ending: Ending) -> Self {
        let before = self.replies.insert(step.to_owned(), (ending, false));
        assert_eq!(before, None, "`{step}` has an ending already");
        self
    }

    fn start(&self) -> Result<Run, Failure> {
        let (mapping, bound) = (Arc::clone(&self.desk.mapping), Arc::clone(&self.desk.bound));
        match &self.patch {
            Some(patch) => Run::patch(mapping, bound, &self.id, patch, self.options.clone()),
            None => Run::get(mapping, bound, &self.id, self.options.remote_query.clone()),
        }
    }

    /// What is planned with no reply at all.
    pub(crate) fn plan(self) -> Plan {
        match self.start() {
            Ok(run) => run.plan(&Replies::new()),
            Err(failure) => Plan { steps: Vec::new(), outcomes: failure.outcomes.clone(), refusal: Some(failure) },
        }
    }

    /// Runs to the end. Every stated reply is needed, none is missing, and the plan tells the same requests.
    pub(crate) fn run(self) -> Ran {
        let run = match self.start() {
            Ok(run) => run,
            Err(failure) => return Ran { sent: Vec::new(), result: Err(failure) },
        };
        let mut replies = Replies::new();
        let mut open: BTreeSet<&String> = self.replies.keys().collect();
        let mut sent = Vec::new();
        let result = loop {
            let next = run.next(&replies);
            let afresh = self.start().expect("the same run").next(&replies);
            assert_eq!(next, afresh, "a run that goes on comes to what one comes to that begins with all replies");
            match next {
                Next::Done(result) => break *result,
                Next::Send(step) => {
                    let name = name(&step.key);
                    let (ending, kept) = self
                        .replies
                        .get(&name)
                        .unwrap_or_else(|| panic!("`{name}` has no reply: {:?}", shown(&step.request)));
                    assert!(open.remove(&name), "`{name}` is asked for twice");
                    if *kept {
                        replies.insert_cached(step.key, ending.clone());
                    } else {
                        replies.insert(step.key.clone(), ending.clone());
                        sent.push((step.key, step.request));
                    }
                }
            }
        };
        assert!(
            open.is_empty(),
            "{open:?} was never asked for; sent was {:?}",
            sent.iter().map(|(_, request)| shown(request)).collect::<Vec<_>>()
        );
        Self::compare(&run, &replies, &sent, &result);
        Ran { sent, result }
    }

    /// R1: with the replies the plan is what was sent, byte for byte; without them it has a hole for each of them.
    fn compare(run: &Run, replies: &Replies, sent: &[(StepKey, RequestSpec)], result: &Result<Success, Failure>) {
        let after = run.plan(replies);
        let kept = |step: &&PlannedStep| !replies.get(&step.key).is_some_and(|arrived| arrived.cached);
        let planned: Vec<(StepKey, RequestSpec)> =
            after.steps.iter().filter(kept).map(|step| (step.key.clone(), step.request.clone())).collect();
        assert_eq!(planned, sent, "the plan with every reply is what was sent");
        assert_eq!(after.steps.iter().flat_map(|step| &step.holes).collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(after.refusal.as_ref(), result.as_ref().err());
        let before = run.plan(&Replies::new());
        for step in &before.steps {
            let text = shown(&step.request);
            for hole in &step.holes {
                assert!(
                    text.contains(hole) || step.request.headers.iter().any(|(_, value)| value.contains(hole)),
                    "`{hole}` does not stand in {text}"
                );
            }
            let real = sent.iter().find(|(key, _)| *key == step.key);
            if let (true, Some((_, real))) = (step.holes.is_empty(), real) {
                assert_eq!(shown(&step.request), shown(real), "a planned request without a hole is sent as it is");
            }
        }
    }
}

/// A step as tests name it: a later round is `again`, but for the read that verifies.
fn name(key: &StepKey) -> String {
    let words = key.in_words();
    if key.round > 0 && !words.starts_with("verify") { format!("{words} again") } else { words }
}

impl Ran {
    /// The requests as lines.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.sent.iter().map(|(_, request)| shown(request)).collect()
    }

    /// The requests that write, as lines.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.sent.iter().filter(|(key, _)| key.kind.writes()).map(|(_, request)| shown(request)).collect()
    }

    /// A header of a request.
    pub(crate) fn header(&self, step: &str, header: &str) -> Option<&str> {
        let (_, request) = self.sent.iter().find(|(key, _)| name(key) == step)?;
        request.headers.iter().find(|(known, _)| known == header).map(|(_, value)| value.as_str())
    }

    /// The success.
    pub(crate) fn success(&self) -> &Success {
        self.result.as_ref().unwrap_or_else(|failure| panic!("it failed: {failure:#?}"))
    }

    /// The failure.
    pub(crate) fn failure(&self) -> &Failure {
        match &self.result {
            Ok(success) => panic!("it did not fail: {success:#?}"),
            Err(failure) => failure,
        }
    }

    /// The resource as it reads afterwards.
    pub(crate) fn resource(&self) -> &Value {
        &self.success().resource
    }

    /// The outcomes as lines, of a success or a failure.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        match &self.result {
            Ok(success) => told(&success.outcomes),
            Err(failure) => told(&failure.outcomes),
        }
    }

    /// The leaves that could not be read, as lines.
    pub(crate) fn unread(&self) -> Vec<String> {
        self.success().unread.iter().map(|unread| format!("{}: {}", unread.pointer, unread.reason)).collect()
    }

    /// Why the patch was refused, as lines of pointer and code.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.failure().violations.iter().map(|violation| format!("{} {}", violation.pointer, violation.code)).collect()
    }
}
