use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::OneOrMany;

/// What is true of a provider whatever the resource.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawProviderFile {
    /// The version of the mapping language that the file is written in.
    pub language: i64,
    /// Name, address and constant headers.
    pub provider: RawProvider,
    /// What an account has to say besides its credentials.
    #[serde(default)]
    pub variables: BTreeMap<String, RawVariable>,
    /// The ways of authenticating, by name.
    pub auth: BTreeMap<String, RawAuth>,
    /// How fast the provider may be called.
    #[serde(default)]
    pub limits: RawLimits,
    /// How errors are told apart.
    #[serde(default)]
    pub errors: RawErrors,
}

/// Name, address and constant headers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawProvider {
    /// The name that people know.
    pub label: String,
    /// The base of every path, as "<https://host/path>"; the host holds literals and checked variables only.
    pub base: String,
    /// Headers of every request to the base.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// One thing that an account has to say.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawVariable {
    /// Whether an account without it is refused.
    #[serde(default)]
    pub required: bool,
    /// The value of an account that says nothing.
    #[serde(default)]
    pub default: Option<Value>,
    /// The pattern that the whole value has to match.
    #[serde(default)]
    pub pattern: Option<String>,
    /// The legal values: a list, or names with the values of `columns`.
    #[serde(default)]
    pub one_of: Option<RawChoices>,
    /// The names of the values that one choice stands for, used as {variable.column}.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
    /// "host": scheme, port, path and case are taken off before the value is checked.
    #[serde(default)]
    pub normalize: Option<RawNormalize>,
    /// Where a person finds the value.
    #[serde(default)]
    pub find: Option<String>,
}

/// The legal values of a variable.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawChoices {
    /// The values themselves.
    Values(Vec<String>),
    /// Names, each with one value a column.
    Rows(BTreeMap<String, Vec<String>>),
}

/// What is taken off a value before it is checked.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawNormalize {
    /// Scheme, user, port, path, query and upper case, so that a pasted address becomes its host.
    Host,
}

/// One way of authenticating.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAuth {
    /// Headers with {secret.NAME}, {token} and variables.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// HTTP Basic.
    #[serde(default)]
    pub basic: Option<RawBasic>,
    /// How an access token is renewed.
    #[serde(default)]
    pub refresh: Option<RawRefresh>,
    /// How a person lets a client have an account; the code is exchanged where `refresh` renews.
    #[serde(default)]
    pub authorize: Option<RawAuthorize>,
}

/// How a person lets a client have an account (RFC 6749 §4.1).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAuthorize {
    /// The address that a person opens, as "<https://host/authorize>", with variables.
    pub url: String,
    /// The scopes that are asked for, with variables: one text or a list.
    #[serde(default)]
    pub scopes: Option<OneOrMany<String>>,
    /// What stands between scopes; a blank unless stated.
    #[serde(default)]
    pub separator: Option<String>,
    /// Further parameters, with variables.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Whether the code is bound to a secret of the client (RFC 7636).
    #[serde(default)]
    pub pkce: bool,
}

/// HTTP Basic.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBasic {
    /// The user name.
    pub user: String,
    /// The password; often empty or the key.
    pub password: String,
}

/// How an access token is renewed with a refresh token (RFC 6749 §6).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRefresh {
    /// Method and the whole URL, as "POST <https://host/token>".
    pub send: String,
    /// "form" (the default) or "json".
    #[serde(default)]
    pub body: Option<RawTokenBody>,
    /// Where the client's id and secret go: "body" (the default) or "basic".
    #[serde(default)]
    pub client: Option<RawTokenClient>,
    /// Further headers, with variables; those of `provider` belong to the base alone.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Further parameters, with variables.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// The path of the lifetime in seconds in the answer, or "jwt": the expiry inside the access token.
    #[serde(default)]
    pub expires: Option<RawExpires>,
    /// Whether each answer brings a new refresh token that replaces the old one.
    #[serde(default)]
    pub rotates: bool,
    /// The path of the access token; an answer without it has failed.
    #[serde(default)]
    pub ok: Option<String>,
    /// The path of the error's name in an answer that has failed.
    #[serde(default)]
    pub failed: Option<String>,
    /// A host that the answer may name, and the value that it has to have.
    #[serde(default)]
    pub host: Option<RawRefreshHost>,
}

/// The path of the lifetime, or "jwt".
pub type RawExpires = String;

/// How the parameters of a token request are sent.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawTokenBody {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

/// Where the client's id and secret go.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawTokenClient {
    /// As parameters of the body.
    Body,
    /// As HTTP Basic.
    Basic,
}

/// A host that the token's answer may name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRefreshHost {
    /// The path of the host or URL in the answer.
    pub from: String,
    /// The host that it has to be.
    pub must_be: String,
}

/// How fast the provider may be called.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLimits {
    /// Requests per time, as "10/1s".
    #[serde(default)]
    pub pace: Option<String>,
    /// Requests at the same time.
    #[serde(default)]
    pub concurrent: Option<u32>,
    /// The header that tells how many requests there are in a window.
    #[serde(default)]
    pub limit: Option<String>,
    /// The header that tells how long a window is.
    #[serde(default)]
    pub window: Option<RawReset>,
    /// The header that tells what is left.
    #[serde(default)]
    pub remaining: Option<String>,
    /// The header that tells when it is filled up again.
    #[serde(default)]
    pub reset: Option<RawReset>,
    /// The structured header that tells all of it (RFC draft `RateLimit`).
    #[serde(default)]
    pub structured: Option<String>,
}

/// A header that tells a span or a moment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawReset {
    /// The header's name.
    pub header: String,
    /// The unit of its number: "s" or "ms".
    pub unit: RawUnit,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawUnit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
}

/// How errors are told apart.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawErrors {
    /// The paths of the error's code; the first that is there. A body that is not JSON is seen as { text = … }.
    #[serde(default)]
    pub code: Option<OneOrMany<String>>,
    /// The paths of the error's message.
    #[serde(default)]
    pub message: Option<OneOrMany<String>>,
    /// The paths of the names of the fields that the error is about.
    #[serde(default)]
    pub fields: Option<OneOrMany<String>>,
    /// The paths of the scopes that are missing.
    #[serde(default)]
    pub scopes: Option<OneOrMany<String>>,
    /// The code that means success: where a code is there and is another one, the answer is an error whatever its status.
    #[serde(default)]
    pub ok: Option<String>,
    /// The rules, in order; the first match wins. Where none matches, the status gives the class.
    #[serde(default)]
    pub rules: Vec<RawErrorRule>,
}

/// One rule that tells an error.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawErrorRule {
    /// What has to hold; all of it.
    pub when: RawWhen,
    /// The class: invalid, unsupported, auth, forbidden, `not_found`, conflict, rate, provider, unavailable, ambiguous.
    pub class: RawClass,
    /// How long to wait: headers, paths in the body, or spans as "2s"; the first that is there.
    #[serde(default)]
    pub wait: Option<OneOrMany<String>>,
    /// "no": waiting does not help.
    #[serde(default)]
    pub retry: Option<RawRetry>,
    /// The fields that the error is about, where the provider names none: slot names.
    #[serde(default)]
    pub fields: Option<OneOrMany<String>>,
}

/// What has to hold for a rule.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWhen {
    /// The HTTP status is one of these.
    #[serde(default)]
    pub status: Option<OneOrMany<u16>>,
    /// The error's code is one of these.
    #[serde(default)]
    pub code: Option<OneOrMany<Value>>,
    /// Each header has this text ("present" for any).
    #[serde(default)]
    pub header: BTreeMap<String, String>,
    /// Each path in the body has this value ("present" for any).
    #[serde(default)]
    pub body: BTreeMap<String, Value>,
    /// The request read or wrote this record, this action's field or this table.
    #[serde(default)]
    pub on: Option<String>,
    /// Whether the request was a "read" or a "write".
    #[serde(default)]
    pub during: Option<RawDuring>,
}

/// What the request was for.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawDuring {
    /// A read or a look-up.
    Read,
    /// A write.
    Write,
}

/// Whether waiting helps.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RawRetry {
    /// It does not.
    No,
}

/// The class of an error.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RawClass {
    /// The provider refuses the values.
    Invalid,
    /// The provider has no such thing.
    Unsupported,
    /// The credentials are not good, or no longer.
    Auth,
    /// The credentials are good but not for this.
    Forbidden,
    /// The record is not there.
    NotFound,
    /// Another state of the record stands against it.
    Conflict,
    /// Too many requests.
    Rate,
    /// The provider failed.
    Provider,
    /// The provider cannot answer now.
    Unavailable,
    /// Whether it was done is not known.
    Ambiguous,
}
