//! What a caller did wrong, situation by situation.

use mapwright_mapping::catalog::MissingMapping;
use mapwright_mapping::diagnostic::suggest::did_you_mean;
use serde_json::json;

use super::{Code, Problem, Reason};

impl Problem {
    /// Query parameters are wrong; each of them is named.
    pub fn bad_query(reasons: Vec<Reason>) -> Problem {
        let detail = match reasons.as_slice() {
            [one] => one.message.clone(),
            many => format!("the query is refused for {} reasons", many.len()),
        };
        let missing: Vec<&str> = reasons
            .iter()
            .filter(|reason| reason.code == "missing-parameter")
            .filter_map(|reason| reason.parameter.as_deref())
            .collect();
        let insight = json!(missing);
        let missing = !missing.is_empty();
        let problem = Problem::new(Code::BadQuery, detail).because(reasons);
        if missing {
            let words = "The request lacks query parameters that it has to have.";
            return problem.insight("missing_required_query_parameters", words, &insight);
        }
        problem
    }

    /// The id in the path cannot be sent: `why` says what is wrong with it.
    pub fn malformed_id(why: impl Into<String>) -> Problem {
        Problem::new(Code::MalformedId, why)
    }

    /// The path is not percent-encoded UTF-8.
    pub fn malformed_path() -> Problem {
        Problem::new(Code::MalformedPath, "the path is not percent-encoded UTF-8")
    }

    /// The request is no HTTP/1.1 that can be read.
    pub fn malformed_request(why: impl Into<String>) -> Problem {
        Problem::new(Code::MalformedRequest, why)
    }

    /// A header has a value that it cannot have.
    pub fn bad_header(header: &str, message: impl Into<String>) -> Problem {
        let message = message.into();
        Problem::new(Code::BadHeader, format!("{header}: {message}")).because([Reason::in_header(
            header,
            "bad-header",
            message,
        )])
    }

    /// No token came with the request.
    pub fn token_missing() -> Problem {
        Problem::new(Code::TokenMissing, "the request has no token; send `Authorization: Bearer <token>`")
    }

    /// The token is malformed, unknown or revoked: which, is not told.
    pub fn token_invalid() -> Problem {
        Problem::new(Code::TokenInvalid, "the token is not known")
    }

    /// The token is good, and not for this part of the service.
    pub fn token_wrong_kind(wanted: &str) -> Problem {
        Problem::new(Code::TokenWrongKind, format!("the token is good, and this needs {wanted}"))
    }

    /// There is no such route.
    pub fn unknown_route(path: &str) -> Problem {
        let path: String = path.chars().filter(|c| !c.is_control()).take(200).collect();
        Problem::new(Code::UnknownRoute, format!("there is nothing at `{path}`; /openapi.json lists what there is"))
    }

    /// There is no such unified resource (`model/resource`).
    pub fn unknown_resource<'a>(resource: &str, known: impl IntoIterator<Item = &'a str>) -> Problem {
        let detail = format!("there is no unified resource `{}`; {}", short(resource), did_you_mean(resource, known));
        Problem::new(Code::UnknownResource, detail)
    }

    /// There is no such integration for a resource.
    pub fn unknown_integration<'a>(integration: &str, known: impl IntoIterator<Item = &'a str>) -> Problem {
        let detail = format!("there is no integration `{}`; {}", short(integration), did_you_mean(integration, known));
        Problem::new(Code::UnknownIntegration, detail)
    }

    /// The integration has no mapping of the resource.
    pub fn unmapped(missing: &MissingMapping) -> Problem {
        Problem::new(Code::UnknownIntegration, missing.to_string())
    }

    /// There is no such method of a resource.
    pub fn unknown_method<'a>(method: &str, known: impl IntoIterator<Item = &'a str>) -> Problem {
        let detail = format!("there is no method `{}`; {}", short(method), did_you_mean(method, known));
        Problem::new(Code::UnknownMethod, detail)
    }

    /// There is no such account for this token: another tenant's, a removed and an unknown one are the same.
    pub fn unknown_account() -> Problem {
        Problem::new(Code::UnknownAccount, "there is no such integrated account")
    }

    /// The provider takes the account's credentials no longer, and nothing but a person cures it.
    pub fn needs_reauth() -> Problem {
        Problem::new(
            Code::NeedsReauth,
            "the provider no longer takes the account's credentials; the account has to be connected again",
        )
    }

    /// The account is in a state in which it cannot be called.
    pub fn account_not_active(state: &str) -> Problem {
        Problem::new(
            Code::AccountNotActive,
            format!("the account is in the state `{state}`; only `active` ones are called"),
        )
    }

    /// The route has no such method; `allow` are those that it has, as in the header.
    pub fn method_not_allowed(method: &str, allow: &'static str) -> Problem {
        let detail = format!("`{}` is no method of this route; it has {allow}", short(method));
        Problem { allow: Some(allow), ..Problem::new(Code::MethodNotAllowed, detail) }
    }

    /// The request did not come whole in time.
    pub fn request_timeout() -> Problem {
        Problem::new(Code::RequestTimeout, "the request did not come whole in time")
    }

    /// The record is not in the state that `If-Match` names.
    pub fn precondition_failed() -> Problem {
        Problem::new(Code::PreconditionFailed, "the record has changed: its entity tag is none of those in If-Match")
    }

    /// The target of the request is too long.
    pub fn target_too_long(most: usize) -> Problem {
        Problem::new(Code::TargetTooLong, format!("the target of the request is longer than {most} bytes"))
    }

    /// The headers are too large.
    pub fn headers_too_large(most: usize) -> Problem {
        Problem::new(Code::HeadersTooLarge, format!("the headers are larger than {most} bytes"))
    }

    /// The body is larger than the service takes.
    pub fn body_too_large(most: usize) -> Problem {
        Problem::new(Code::BodyTooLarge, format!("the body is larger than {most} bytes"))
    }

    /// The body is of another content type, or compressed.
    pub fn unsupported_media_type(detail: impl Into<String>) -> Problem {
        Problem { accept_patch: true, ..Problem::new(Code::UnsupportedMediaType, detail) }
    }

    /// The idempotency key was used with another request.
    pub fn key_reused() -> Problem {
        Problem::new(Code::KeyReused, "the Idempotency-Key was used before with another body")
    }

    /// A request with the same idempotency key is still running.
    pub fn key_in_use() -> Problem {
        Problem::new(Code::KeyInUse, "a request with the same Idempotency-Key is still running")
    }

    /// Whether the request with this idempotency key was done is not known.
    pub fn key_ambiguous() -> Problem {
        let detail = "a request with this Idempotency-Key was cut off, and whether it was done is not known; \
                      read the record before the key is used again";
        Problem::new(Code::KeyAmbiguous, detail)
    }
}

/// A text of a caller, short enough for a message.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
