//! Values of their types, and every reason why not.

use mapwright_mapping::diagnostic::suggest::{did_you_mean, suggest};
use mapwright_mapping::model::Model;
use mapwright_mapping::plan::{ListMode, Options};
use mapwright_mapping::version::EntityTag;
use serde_json::Value;
use uuid::Uuid;

use super::pairs::{pairs, short};
use super::remote::remote_query;
use super::table::{
    ACCOUNT, DRY_RUN, EXCLUDE, FORMAT, IGNORE_REMOTE, Kind, LISTS, OUTCOME, Operation, PARAMETERS, Parameter,
    REMOTE_QUERY, STRICT,
};
use super::tree::{Tree, trees};
use crate::http::problem::{Problem, Reason};

/// The query of a unified request.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The account that it is for.
    pub account: Uuid,
    /// The form of the answer.
    pub format: Format,
    /// Whether the provider's own record is left out.
    pub ignore_remote: bool,
    /// The fields that are left out, in the order given, each once.
    pub exclude: Vec<String>,
    /// Parameters for the provider.
    pub remote_query: Vec<(String, Value)>,
    /// Whether only a clean write will do.
    pub strict: bool,
    /// Whether only the plan is wanted.
    pub dry_run: DryRun,
    /// Whether the answer says what became of each leaf.
    pub outcome: bool,
    /// What a list does with what is there.
    pub lists: ListMode,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The unified resource.
    #[default]
    Unified,
    /// The provider's answer, byte for byte.
    Raw,
    /// The unified resource with every property of its schema.
    Normalized,
    /// The provider's answer, piped through.
    Stream,
}

/// Whether only the plan is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRun {
    /// The patch is run.
    #[default]
    No,
    /// Nothing is sent.
    Plan,
    /// What only reads is sent.
    Reads,
}

impl Query {
    /// Reads the query of an operation on a resource: every reason at once.
    pub fn parse(text: &str, operation: Operation, model: &Model) -> Result<Query, Problem> {
        let mut reasons = Vec::new();
        let pairs = pairs(text, &mut reasons);
        let given = trees(pairs, &mut reasons);
        for (name, _) in &given {
            if !PARAMETERS.iter().any(|parameter| parameter.name == name && parameter.fits(operation)) {
                reasons.push(unknown(name, operation));
            }
        }
        let mut reader = Reader { given: &given, reasons };
        let account = reader.account();
        let format = reader.choice(FORMAT, &[Format::Unified, Format::Raw, Format::Normalized, Format::Stream]);
        let ignore_remote = reader.boolean(IGNORE_REMOTE);
        let exclude = reader.fields(EXCLUDE, model);
        let remote_query = match reader.tree(REMOTE_QUERY) {
            Some(tree) => remote_query(REMOTE_QUERY, tree, &mut reader.reasons),
            None => Vec::new(),
        };
        let (strict, outcome) = (reader.boolean(STRICT), reader.boolean(OUTCOME));
        let dry_run = reader.choice(DRY_RUN, &[DryRun::No, DryRun::Plan, DryRun::Reads]);
        let lists = reader.choice(LISTS, &[ListMode::Replace, ListMode::Merge]);
        match account {
            Some(account) if reader.reasons.is_empty() => {
                Ok(Query { account, format, ignore_remote, exclude, remote_query, strict, dry_run, outcome, lists })
            }
            _ => Err(Problem::bad_query(reader.reasons)),
        }
    }

    /// How the patch is to be run; `if_match` are the versions that the caller names.
    pub fn options(&self, if_match: Option<Vec<EntityTag>>) -> Options {
        Options { strict: self.strict, lists: self.lists, remote_query: self.remote_query.clone(), if_match }
    }
}

/// Refuses every parameter: the query of a route that has none.
pub fn refuse_all(text: &str) -> Result<(), Problem> {
    let mut reasons = Vec::new();
    let pairs = pairs(text, &mut reasons);
    for (name, _) in trees(pairs, &mut reasons) {
        let message = format!("there is no parameter `{}`; this route has none", short(&name));
        reasons.push(Reason::in_query(short(&name), "unknown-parameter", message));
    }
    if reasons.is_empty() { Ok(()) } else { Err(Problem::bad_query(reasons)) }
}

/// Whether a value is what clients write for null.
pub(super) fn is_null(value: &str) -> bool {
    value.is_empty() || value == "None"
}

fn unknown(name: &str, operation: Operation) -> Reason {
    let shown = short(name);
    if PARAMETERS.iter().any(|parameter| parameter.name == name) {
        return Reason::in_query(shown, "unknown-parameter", format!("`{name}` is for PATCH alone"));
    }
    let known = || Parameter::of(operation).map(|parameter| parameter.name);
    let message = format!("there is no parameter `{shown}`; {}", did_you_mean(name, known()));
    Reason::in_query(shown, "unknown-parameter", message).suggest(suggest(name, known()))
}

struct Reader<'a> {
    given: &'a [(String, Tree)],
    reasons: Vec<Reason>,
}

impl<'a> Reader<'a> {
    fn tree(&self, name: &str) -> Option<&'a Tree> {
        self.given.iter().find(|(known, _)| known == name).map(|(_, tree)| tree)
    }

    fn refuse(&mut self, name: &str, code: &'static str, message: String) {
        self.reasons.push(Reason::in_query(name, code, message));
    }

    /// The single value of a parameter; none where it is absent, null, or not single.
    fn single(&mut self, name: &str) -> Option<&'a str> {
        let tree = self.tree(name)?;
        if tree.is_doubled() {
            self.refuse(name, "doubled-parameter", format!("`{name}` is given {} times", tree.values.len()));
            return None;
        }
        let Some(value) = tree.only() else {
            self.refuse(name, "malformed-parameter", format!("`{name}` is a single value and has no brackets"));
            return None;
        };
        (!is_null(value)).then_some(value)
    }

    fn account(&mut self) -> Option<Uuid> {
        let before = self.reasons.len();
        let Some(value) = self.single(ACCOUNT) else {
            if self.reasons.len() == before {
                self.refuse(ACCOUNT, "missing-parameter", format!("`{ACCOUNT}` is missing"));
            }
            return None;
        };
        let uuid = Uuid::try_parse(value).ok().filter(|uuid| uuid.to_string().eq_ignore_ascii_case(value));
        if uuid.is_none() {
            self.refuse(ACCOUNT, "wrong-value", format!("`{ACCOUNT}` is not a UUID: `{}`", short(value)));
        }
        uuid
    }

    fn boolean(&mut self, name: &str) -> bool {
        match self.single(name) {
            Some("true" | "True") => true,
            None | Some("false" | "False") => false,
            Some(other) => {
                self.refuse(name, "wrong-value", format!("`{name}` is true or false, not `{}`", short(other)));
                false
            }
        }
    }

    /// One of the parameter's choices, as the value that stands at its place in `values`.
    fn choice<T: Copy + Default>(&mut self, name: &str, values: &[T]) -> T {
        let Some(value) = self.single(name) else { return T::default() };
        let kind = PARAMETERS.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.kind);
        let Some(Kind::Choice(choices)) = kind else { return T::default() };
        // A boolean is spelled with a capital by some clients.
        let spelled = match value {
            "True" => "true",
            "False" => "false",
            other => other,
        };
        let found = choices.iter().position(|choice| *choice == spelled).and_then(|index| values.get(index));
        found.copied().unwrap_or_else(|| {
            let message = format!("`{name}` is one of {}, not `{}`", choices.join(", "), short(value));
            let near = suggest(value, choices.iter().copied());
            self.reasons.push(Reason::in_query(name, "wrong-value", message).suggest(near));
            T::default()
        })
    }

    fn fields(&mut self, name: &str, model: &Model) -> Vec<String> {
        let Some(tree) = self.tree(name) else { return Vec::new() };
        let Some(list) = tree.list() else {
            let doubled = tree.members.iter().any(|(_, member)| member.is_doubled());
            let (code, message) = if doubled {
                ("doubled-parameter", format!("`{name}` gives an item twice"))
            } else {
                ("malformed-parameter", format!("`{name}` is a list of names"))
            };
            self.refuse(name, code, message);
            return Vec::new();
        };
        let mut fields: Vec<String> = Vec::new();
        let names = list.iter().flat_map(|item| item.split(',')).map(str::trim).filter(|item| !is_null(item));
        for field in names {
            if model.field(field).is_none() {
                let known = || model.fields.iter().map(|field| field.name.as_str());
                let message =
                    format!("`{name}`: there is no field `{}`; {}", short(field), did_you_mean(field, known()));
                self.reasons.push(Reason::in_query(name, "unknown-field", message).suggest(suggest(field, known())));
            } else if !fields.iter().any(|known| known == field) {
                fields.push(field.to_owned());
            }
        }
        fields
    }
}
