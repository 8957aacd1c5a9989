//! The stable codes of problems, each with its status.

use http::StatusCode;

macro_rules! codes {
    ($($(#[doc = $words:literal])+ $name:ident = $text:literal, $status:ident;)+) => {
        /// A stable name of what went wrong. A code is never used again with another meaning; `docs/problems.md` has a
        /// section for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $words])+ $name,)+
        }

        impl Code {
            /// All codes, in the order of the page.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The code as it is written.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)+
                }
            }

            /// The status that it is answered with, unless a provider's own is kept.
            pub fn status(self) -> StatusCode {
                match self {
                    $(Code::$name => StatusCode::$status,)+
                }
            }
        }
    };
}

codes! {
    /// The query has parameters that are unknown, doubled, malformed, missing or of another type.
    BadQuery = "bad-query", BAD_REQUEST;
    /// The id in the path is none that can be sent.
    MalformedId = "malformed-id", BAD_REQUEST;
    /// The path is not percent-encoded UTF-8.
    MalformedPath = "malformed-path", BAD_REQUEST;
    /// The request is no HTTP/1.1 that can be read.
    MalformedRequest = "malformed-request", BAD_REQUEST;
    /// A header has a value that it cannot have.
    BadHeader = "bad-header", BAD_REQUEST;
    /// The body is not JSON.
    BodyNotJson = "body-not-json", BAD_REQUEST;
    /// The body is not UTF-8.
    BodyNotUtf8 = "body-not-utf8", BAD_REQUEST;
    /// The body is JSON, and not an object.
    BodyNotObject = "body-not-object", BAD_REQUEST;
    /// An object of the body names a key twice.
    BodyDoubledKey = "body-doubled-key", BAD_REQUEST;
    /// The body nests too deep.
    BodyTooDeep = "body-too-deep", BAD_REQUEST;
    /// The body ended before its length, or came in broken pieces.
    BodyIncomplete = "body-incomplete", BAD_REQUEST;
    /// No bearer token came with the request.
    TokenMissing = "token-missing", UNAUTHORIZED;
    /// The token is malformed, unknown or revoked.
    TokenInvalid = "token-invalid", UNAUTHORIZED;
    /// The provider takes the account's credentials no longer.
    NeedsReauth = "needs-reauth", UNAUTHORIZED;
    /// The provider refuses the credentials.
    ProviderAuth = "provider-auth", UNAUTHORIZED;
    /// The token is good, and not for this part of the service.
    TokenWrongKind = "token-wrong-kind", FORBIDDEN;
    /// The credentials are good, and not for this.
    ProviderForbidden = "provider-forbidden", FORBIDDEN;
    /// There is no such route.
    UnknownRoute = "unknown-route", NOT_FOUND;
    /// There is no such unified resource.
    UnknownResource = "unknown-resource", NOT_FOUND;
    /// There is no such integration, or it has no such resource.
    UnknownIntegration = "unknown-integration", NOT_FOUND;
    /// There is no such method of a resource.
    UnknownMethod = "unknown-method", NOT_FOUND;
    /// There is no such account for this token.
    UnknownAccount = "unknown-account", NOT_FOUND;
    /// There is no such token of callers.
    UnknownToken = "unknown-token", NOT_FOUND;
    /// The provider has no such record.
    ProviderNotFound = "provider-not-found", NOT_FOUND;
    /// The route has no such method.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED;
    /// The request did not come whole in time.
    RequestTimeout = "request-timeout", REQUEST_TIMEOUT;
    /// The account is not ready to be called.
    AccountNotActive = "account-not-active", CONFLICT;
    /// There is an account of that id already.
    AccountTaken = "account-taken", CONFLICT;
    /// A request with the same idempotency key is still running.
    KeyInUse = "key-in-use", CONFLICT;
    /// Whether the request with this idempotency key was done is not known.
    KeyAmbiguous = "key-ambiguous", CONFLICT;
    /// Another state of the provider's record stands against the update.
    ProviderConflict = "provider-conflict", CONFLICT;
    /// The record is not in the state that `If-Match` names.
    PreconditionFailed = "precondition-failed", PRECONDITION_FAILED;
    /// The body is too large.
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE;
    /// The target of the request is too long.
    TargetTooLong = "target-too-long", URI_TOO_LONG;
    /// The body is of another content type, or compressed.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE;
    /// The body has an integer that 64 bits do not hold.
    BodyNumberTooLarge = "body-number-too-large", UNPROCESSABLE_ENTITY;
    /// The patch is refused for what it says.
    PatchRefused = "patch-refused", UNPROCESSABLE_ENTITY;
    /// An account or a token is refused for what it says.
    AdminRefused = "admin-refused", UNPROCESSABLE_ENTITY;
    /// The idempotency key was used with another request.
    KeyReused = "key-reused", UNPROCESSABLE_ENTITY;
    /// The provider refuses the values.
    ProviderInvalid = "provider-invalid", UNPROCESSABLE_ENTITY;
    /// The provider has no such thing.
    ProviderUnsupported = "provider-unsupported", UNPROCESSABLE_ENTITY;
    /// The caller sends more than it may.
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS;
    /// The provider wants fewer requests.
    ProviderRate = "provider-rate", TOO_MANY_REQUESTS;
    /// The headers are too large.
    HeadersTooLarge = "headers-too-large", REQUEST_HEADER_FIELDS_TOO_LARGE;
    /// The service or a mapping is at fault.
    Internal = "internal", INTERNAL_SERVER_ERROR;
    /// The provider failed, or its answer makes no sense.
    ProviderError = "provider-error", BAD_GATEWAY;
    /// Whether the provider did it is not known.
    ProviderAmbiguous = "provider-ambiguous", BAD_GATEWAY;
    /// The service has as much to do as it can take.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE;
    /// The service is about to stop.
    Draining = "draining", SERVICE_UNAVAILABLE;
    /// The service's store, or another part of it, cannot be reached.
    NotReady = "not-ready", SERVICE_UNAVAILABLE;
    /// The provider cannot be reached or cannot answer now.
    ProviderUnavailable = "provider-unavailable", SERVICE_UNAVAILABLE;
}

impl Code {
    /// The URI reference of the code's section on the page of problems.
    pub fn uri(self) -> String {
        format!("/docs/problems#{}", self.as_str())
    }
}
