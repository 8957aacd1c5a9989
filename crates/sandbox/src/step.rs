//! The shape of routes, and what each kind of route does.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::call::Calls;
use crate::file::{Assignments, BodyTest, Name, Situation};
use crate::hole::TextTemplate;
use crate::listing::Listing;
use crate::pointer::Pointer;
use crate::route::Path;
use crate::template::Template;

/// One route as written. Which keys have a meaning depends on `does`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteFile {
    /// The method, or `*` for any.
    pub(crate) method: String,
    /// The path.
    pub(crate) path: Path,
    /// All of these hold for the body.
    #[serde(default)]
    pub(crate) when: Vec<BodyTest>,
    /// The schemes taken; all where it is not stated. None (`[]`) leaves the route open.
    pub(crate) auth: Option<Vec<Name>>,
    /// How the body is read; it is not where it is not stated.
    pub(crate) body: Option<Spanned<Body>>,
    /// The media type that is taken; that of `body` where it is not stated.
    pub(crate) media: Option<String>,
    /// Calls inside a text of the body, which the body then consists of.
    pub(crate) calls: Option<Calls>,
    /// What it does.
    pub(crate) does: Does,
    /// The collection.
    pub(crate) collection: Option<Name>,
    /// The record's id; the capture `id` where it is not stated.
    pub(crate) id: Option<Template>,
    /// Where in the body the changes stand.
    pub(crate) changes: Option<Pointer>,
    /// Where in the body the name of the one field to change stands; `changes` is then its value.
    pub(crate) names: Option<Pointer>,
    /// Whether a text with JSON stands there.
    pub(crate) changes_are_text: Option<bool>,
    /// The version check.
    pub(crate) guard: Option<Guard>,
    /// Whether a record that does not exist is created.
    pub(crate) creates: Option<bool>,
    /// Which fields the reply's record shows.
    pub(crate) shows: Option<Shows>,
    /// Where the record stands in the document that a JSON Patch changes.
    pub(crate) prefix: Option<Pointer>,
    /// The other record that the body names.
    pub(crate) finds: Option<Finds>,
    /// What is stored in the record.
    pub(crate) set: Option<Assignments>,
    /// The name of the links.
    pub(crate) link: Option<Name>,
    /// The id of the record that is linked to.
    pub(crate) to: Option<Template>,
    /// Where in each element of the body the number of a kind stands.
    pub(crate) kind_at: Option<Pointer>,
    /// What else each element of the body says.
    pub(crate) element: Option<BTreeMap<String, String>>,
    /// The kinds, where the body does not name them.
    pub(crate) kinds: Option<Vec<i64>>,
    /// One field of the collection; all where it is not stated.
    pub(crate) field: Option<Template>,
    /// What of a collection a list shows.
    pub(crate) listing: Option<Listing>,
    /// Tokens.
    pub(crate) token: Option<TokenFile>,
    /// The error that answers.
    pub(crate) error: Option<Name>,
    /// Errors of this route that differ from those of the file.
    #[serde(default)]
    pub(crate) refuse: BTreeMap<Situation, Name>,
    /// Names of replies; the first one whose conditions hold is sent.
    #[serde(default)]
    pub(crate) answers: Vec<Name>,
}

/// How a body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    /// It is not.
    #[default]
    None,
    /// As JSON.
    Json,
    /// As `name=value` pairs.
    Form,
}

impl RouteFile {
    /// How the body is read.
    pub(crate) fn body(&self) -> Body {
        self.body.as_ref().map(|body| *body.get_ref()).unwrap_or_default()
    }
}

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Does {
    /// Answers with an error.
    Refuse,
    /// Shows one record.
    Read,
    /// Shows the records of a collection.
    List,
    /// Shows the fields of a collection.
    Describe,
    /// Changes the fields that an object names.
    Update,
    /// Applies a JSON Patch (RFC 6902).
    JsonPatch,
    /// Stores stated values in a record.
    Assign,
    /// Links two records.
    Link,
    /// Takes a link away.
    Unlink,
    /// Issues tokens.
    Token,
}

impl fmt::Display for Does {
    /// The name that it has in a file.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

/// Which fields the record in a reply shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shows {
    /// Those that the request selects.
    #[default]
    Selected,
    /// Those that the request writes.
    Written,
}

/// A version check: a header names the version that the caller has seen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guard {
    /// The request's header.
    pub(crate) header: String,
    /// The version in the record.
    pub(crate) field: Pointer,
    /// What stands for any version of a record that exists.
    pub(crate) any: String,
    /// Versions are times: a record that was not changed after the caller's time has its version.
    #[serde(default)]
    pub(crate) times: bool,
}

/// A further record that a request names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finds {
    /// Its collection.
    pub(crate) collection: Name,
    /// Its id.
    pub(crate) id: Template,
}

/// A token route.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenFile {
    /// The scheme whose tokens it issues.
    pub(crate) scheme: Name,
    /// The grants that it gives.
    pub(crate) grants: Vec<Grant>,
    /// Where the client's id and secret stand.
    pub(crate) client: Client,
    /// Whether a refresh gives a new refresh token and ends the old one.
    pub(crate) rotates: bool,
    /// The form of an access token: a template over `token/number`.
    pub(crate) access: TextTemplate,
    /// The form of a refresh token: a template over `token/number`.
    pub(crate) refresh: TextTemplate,
}

/// A grant of OAuth 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    /// A refresh token for an access token.
    RefreshToken,
    /// The client itself.
    ClientCredentials,
    /// The code that a person's consent has brought, once.
    AuthorizationCode,
}

/// Where a client's id and secret stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Client {
    /// In the body.
    Body,
    /// In basic credentials.
    Basic,
    /// In either of them.
    Any,
}
