//! A sandbox file after every check: what runs.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::Calls;
use crate::collection::{Collection, Field, FieldType, RefusalSet};
use crate::demand::Demand;
use crate::file::{Ask, Assignments, AuthFile, BodyTest, Clock, LinkFile, Name, Reply, Situation};
use crate::form::Form;
use crate::hole::TextTemplate;
use crate::listing::Listing;
use crate::pair_list::paired;
use crate::pointer::Pointer;
use crate::route::Path;
use crate::step::{Body, Finds, Guard, Shows, TokenFile};
use crate::template::Template;

/// What a caller needs to reach the simulated provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Variables of the provider's addresses, by name.
    pub variables: BTreeMap<String, String>,
    /// The scheme to authenticate with unless another is wanted.
    pub scheme: String,
    /// The secrets of every scheme, by scheme and name.
    pub secrets: BTreeMap<String, BTreeMap<String, String>>,
    /// The collection of the first record.
    pub first_collection: String,
    /// The id of the first record, in the provider's form.
    pub first_id: String,
}

/// A value that the provider sets by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ComputedField {
    /// The collection.
    pub collection: String,
    /// A JSON Pointer below the record, without the leading slash.
    pub field: String,
    /// The text that the behaviour is known from.
    pub source: String,
}

/// A field that stands for records of their own, which are written with the record that has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChildrenField {
    /// The collection of the field.
    pub collection: String,
    /// The field.
    pub field: String,
    /// The collection that holds the records.
    pub children: String,
    /// Their field that holds the id of the record that they belong to.
    pub by: String,
    /// Their field that no two of one record share.
    pub same: String,
}

/// A checked file.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) clock: Clock,
    pub(crate) demo: Demo,
    pub(crate) longest_body: usize,
    pub(crate) headers: BTreeMap<String, TextTemplate>,
    pub(crate) auth: BTreeMap<String, AuthFile>,
    pub(crate) demands: Vec<Demand>,
    pub(crate) asks: BTreeMap<String, Ask>,
    pub(crate) refuse: BTreeMap<Situation, Name>,
    pub(crate) refusals: BTreeMap<String, RefusalSet>,
    pub(crate) errors: BTreeMap<String, Reply>,
    pub(crate) forms: BTreeMap<String, Form>,
    pub(crate) replies: BTreeMap<String, Reply>,
    pub(crate) collections: BTreeMap<String, Collection>,
    pub(crate) links: BTreeMap<String, LinkFile>,
    pub(crate) routes: Vec<Route>,
    pub(crate) computed: Vec<ComputedField>,
    pub(crate) children: Vec<ChildrenField>,
}

/// A checked route.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: Path,
    pub(crate) when: Vec<BodyTest>,
    /// The schemes taken; none leaves the route open.
    pub(crate) auth: Vec<String>,
    pub(crate) body: Body,
    pub(crate) media: Option<String>,
    pub(crate) calls: Option<Calls>,
    pub(crate) action: Action,
    pub(crate) refuse: BTreeMap<Situation, Name>,
    /// Names of replies.
    pub(crate) answers: Vec<String>,
}

/// One record that a route is about.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) collection: String,
    pub(crate) id: Template,
}

/// What a route does.
#[derive(Debug)]
pub(crate) enum Action {
    Refuse(String),
    Read(Target),
    List {
        collection: String,
        listing: Listing,
    },
    Describe {
        collection: String,
        field: Option<Template>,
    },
    Update {
        target: Target,
        changes: Pointer,
        changes_are_text: bool,
        guard: Option<Guard>,
        creates: bool,
        shows: Shows,
        finds: Option<Finds>,
        names: Option<Pointer>,
    },
    JsonPatch {
        target: Target,
        prefix: Pointer,
    },
    Assign {
        target: Target,
        finds: Option<Finds>,
        set: Assignments,
    },
    Link {
        link: String,
        from: Template,
        to: Template,
        kinds: KindsFrom,
    },
    Unlink {
        link: String,
        from: Template,
        to: Template,
    },
    Token(TokenFile),
}

/// Where the kinds of a new link come from.
#[derive(Debug)]
pub(crate) enum KindsFrom {
    /// The route.
    Fixed(Vec<i64>),
    /// The elements of the body.
    Body { kind_at: Pointer, element: BTreeMap<String, String> },
}

impl Action {
    /// The one record that it is about.
    pub(crate) fn target(&self) -> Option<&Target> {
        match self {
            Self::Read(target)
            | Self::Update { target, .. }
            | Self::JsonPatch { target, .. }
            | Self::Assign { target, .. } => Some(target),
            _ => None,
        }
    }
}

impl Spec {
    /// The error that answers a kind of wrong request.
    pub(crate) fn error_for(&self, route: Option<&Route>, situation: Situation) -> String {
        route
            .and_then(|route| route.refuse.get(&situation))
            .or_else(|| self.refuse.get(&situation))
            .map(|name| name.get_ref().clone())
            .unwrap_or_default()
    }

    /// An id in its full form.
    pub(crate) fn full_id(&self, collection: &str, id: &str) -> String {
        let digits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        self.collections
            .get(collection)
            .and_then(|collection| collection.id_form.as_ref())
            .filter(|_| digits)
            .map_or_else(|| id.to_owned(), |form| form.replace("{}", id))
    }
}

impl Collection {
    /// Where a field's value is stored, from the root of a record.
    pub(crate) fn place(&self, field: &str) -> Pointer {
        self.fields_at.join(&Pointer::parse(field))
    }

    /// The field of this key.
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.fields.get(key).map(toml::Spanned::get_ref)
    }

    /// Whether a field is shown and can be selected.
    pub(crate) fn shown(field: &Field) -> bool {
        let has_parts = matches!(field.kind, FieldType::Map | FieldType::Pairs | FieldType::Children);
        field.sets.is_none() && !field.null_only && !has_parts
    }

    /// The value of a field in a record.
    pub(crate) fn value<'a>(&self, record: &'a Value, field: &str) -> Option<&'a Value> {
        let own = self.fields_at.get(record).and_then(|fields| Pointer::find(field, fields));
        let value = own.or_else(|| paired(self, record, field));
        value.filter(|value| !value.is_null())
    }
}
