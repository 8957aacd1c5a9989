//! Headers of answers, and of requests.

use serde_json::{Value, json};

/// The headers of an answer about a record, by name, with the component that describes each.
const OF_A_RECORD: [(&str, &str); 8] = [
    ("Mapwright-Request-Id", "RequestId"),
    ("Mapwright-Mapping-Version", "MappingVersion"),
    ("Mapwright-Unwritten", "Unwritten"),
    ("Mapwright-Unread", "Unread"),
    ("ETag", "ETag"),
    ("ratelimit-limit", "RateLimitLimit"),
    ("ratelimit-remaining", "RateLimitRemaining"),
    ("ratelimit-reset", "RateLimitReset"),
];

/// The headers of an answer about a record.
pub(super) fn of_a_record() -> Value {
    let headers = OF_A_RECORD.iter();
    headers
        .map(|(name, component)| ((*name).to_owned(), reference(component)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A component of a header.
pub(super) fn reference(component: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{component}") })
}

/// What each header is.
pub(super) fn components() -> Value {
    let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let number = |description: &str, least: u8| json!({ "description": description, "schema": { "type": "integer", "minimum": least } });
    json!({
        "RequestId": text("The caller's `X-Request-Id`, or an id that was made for the request."),
        "MappingVersion": text("A hash of the files that the mapping was made from."),
        "Unwritten": text("A list (RFC 9651) of JSON Pointers to the leaves of the patch that were not written as they \
                           are, each with a `reason`. It is cut at 4096 bytes; `more` then counts the rest. Without it, \
                           every leaf was written."),
        "Unread": text("A list (RFC 9651) of JSON Pointers to leaves that the answer lacks, or shows as the provider has \
                        them, although the mapping knows them."),
        "ETag": text("The state of the record. A weak one is made from the answer where the provider has none."),
        "RateLimitLimit": text("How many requests a window of the provider has, such as `110;w=10`."),
        "RateLimitRemaining": number("How many requests are left of the provider's window.", 0),
        "RateLimitReset": number("In how many seconds the provider's window ends.", 0),
        "RetryAfter": number("In how many seconds it is worth to come back.", 1),
        "Allow": text("The methods of the route."),
        "AcceptPatch": text("The content types of a patch."),
        "WwwAuthenticate": text("`Bearer`."),
    })
}

/// Headers that any request below `/unified` may have.
pub(super) fn of_a_request() -> Vec<Value> {
    vec![json!({
        "name": "X-Request-Id",
        "in": "header",
        "required": false,
        "description": "An id of the caller's for the request: 1 to 128 letters, digits, `.`, `_` and `-`. Any other \
                        text is passed over.",
        "schema": { "type": "string" },
    })]
}

/// Headers of a patch.
pub(super) fn of_a_patch() -> Vec<Value> {
    vec![
        json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "Of all requests for the same record with the same key, one is run, and the others get its \
                            answer, for 24 hours.",
            "schema": { "type": "string", "pattern": "^[!-~]{1,253}$" },
            "example": "5f0c3a52-41a7-4a0e-9f86-2f1b6c3f6f0e",
        }),
        json!({
            "name": "If-Match",
            "in": "header",
            "required": false,
            "description": "Entity tags, or `*`: the patch is run if the record has one of them, and else refused with 412.",
            "schema": { "anyOf": [
                { "const": "*" },
                { "type": "string", "pattern": "^(W/)?\"[!#-~]+\"$" },
            ] },
            "example": "*",
        }),
    ]
}
