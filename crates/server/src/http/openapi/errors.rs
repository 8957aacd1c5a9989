//! Which errors a route answers with.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::http::problem::Code;

/// Errors that any route may answer with: those of the head, of the path, and of the service itself.
const EVERYWHERE: [Code; 8] = [
    Code::MalformedRequest,
    Code::RequestTimeout,
    Code::TargetTooLong,
    Code::HeadersTooLarge,
    Code::MethodNotAllowed,
    Code::Overloaded,
    Code::Draining,
    Code::Internal,
];

/// Errors of routes that need a token.
pub(super) const WITH_TOKEN: [Code; 5] =
    [Code::TokenMissing, Code::TokenInvalid, Code::TokenWrongKind, Code::NotReady, Code::BadQuery];

/// Errors of requests for a record.
pub(super) const OF_A_RECORD: [Code; 16] = [
    Code::MalformedId,
    Code::MalformedPath,
    Code::BadHeader,
    Code::NeedsReauth,
    Code::ProviderAuth,
    Code::ProviderForbidden,
    Code::UnknownAccount,
    Code::ProviderNotFound,
    Code::AccountNotActive,
    Code::ProviderConflict,
    Code::ProviderInvalid,
    Code::ProviderUnsupported,
    Code::TooManyRequests,
    Code::ProviderRate,
    Code::ProviderError,
    Code::ProviderUnavailable,
];

/// Errors of a patch.
pub(super) const OF_A_PATCH: [Code; 16] = [
    Code::BodyNotJson,
    Code::BodyNotUtf8,
    Code::BodyNotObject,
    Code::BodyDoubledKey,
    Code::BodyNumberTooLarge,
    Code::BodyTooDeep,
    Code::BodyIncomplete,
    Code::BodyTooLarge,
    Code::UnsupportedMediaType,
    Code::KeyInUse,
    Code::KeyAmbiguous,
    Code::KeyReused,
    Code::PreconditionFailed,
    Code::PatchRefused,
    Code::ProviderAmbiguous,
    Code::BadHeader,
];

/// Errors of a question about a method.
pub(super) const OF_META: [Code; 4] =
    [Code::UnknownIntegration, Code::UnknownMethod, Code::UnknownResource, Code::MalformedPath];

/// The errors of a route, by status. `remote` is whether a provider's status may be kept.
pub(super) fn responses(own: &[&[Code]], remote: bool) -> Map<String, Value> {
    let mut codes: Vec<Code> = own.iter().copied().flatten().chain(&EVERYWHERE).copied().collect();
    codes.sort_unstable();
    codes.dedup();
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
    let mut responses = Map::new();
    for (status, codes) in by_status {
        responses.insert(status.to_string(), response(status, &codes));
    }
    if remote {
        let kept = json!({ "$ref": "#/components/responses/OfTheProvider" });
        responses.insert("4XX".to_owned(), kept.clone());
        responses.insert("5XX".to_owned(), kept);
    }
    responses
}

fn response(status: u16, codes: &[Code]) -> Value {
    let name = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
    let codes: Vec<String> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
    let mut response = problem(&format!("{name}: {}", codes.join(", ")));
    let headers: &[(&str, &str)] = match status {
        401 => &[("WWW-Authenticate", "WwwAuthenticate")],
        405 => &[("Allow", "Allow")],
        415 => &[("Accept-Patch", "AcceptPatch")],
        429 | 503 => &[("Retry-After", "RetryAfter")],
        _ => &[],
    };
    for (header, component) in headers {
        response["headers"][*header] = json!({ "$ref": format!("#/components/headers/{component}") });
    }
    response
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "Mapwright-Request-Id": { "$ref": "#/components/headers/RequestId" } },
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

/// Responses that several routes share.
pub(super) fn components() -> Value {
    json!({ "OfTheProvider": problem("The provider's refusal, with the provider's status") })
}
