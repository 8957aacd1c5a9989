//! The body of a problem as a JSON Schema.

use mapwright_mapping::outcome::Fate;
use serde_json::{Value, json};

use super::Code;

/// All fates, in the order in which they are declared.
const FATES: [Fate; 14] = [
    Fate::Send,
    Fate::Written,
    Fate::Lossy,
    Fate::Altered,
    Fate::ReadOnly,
    Fate::Unsupported,
    Fate::NoSlot,
    Fate::Overridden,
    Fate::Unchanged,
    Fate::Emptied,
    Fate::Kept,
    Fate::NotSent,
    Fate::Unknown,
    Fate::Rejected,
];

/// What became of one leaf, as a JSON Schema.
pub fn outcome_schema() -> Value {
    let fates = FATES.map(Fate::as_str);
    json!({
        "type": "object",
        "description": "What becomes, or became, of one leaf of the patch.",
        "additionalProperties": false,
        "required": ["pointer", "outcome"],
        "properties": {
            "pointer": { "type": "string", "description": "Where it stands in the patch (RFC 6901)." },
            "outcome": { "type": "string", "enum": fates },
            "reason": { "type": "string" },
            "sent": { "description": "The value as the patch has it, where it reads back differently." },
            "reads": { "description": "The value as it reads back, where that is another one." },
            "record": { "type": "string", "description": "The record it goes to, where that is not the main one." },
        },
    })
}

/// The body of all errors, as a JSON Schema.
pub fn problem_schema() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let status = json!({ "type": "integer", "minimum": 400, "maximum": 599 });
    let text = json!({ "type": "string" });
    let insight = |value: Value| {
        json!({
            "type": "object",
            "required": ["description", "value"],
            "properties": { "description": { "type": "string" }, "value": value },
        })
    };
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    json!({
        "type": "object",
        "description": "An error: a problem document (RFC 9457) and the contract's error in one. /docs/problems explains the codes.",
        "additionalProperties": false,
        "required": ["type", "title", "status", "detail", "statusCode", "error", "message", "code"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": { "type": "string", "description": "The standard name of the status." },
            "status": status,
            "detail": { "type": "string", "description": "What happened." },
            "statusCode": status,
            "error": { "type": "string", "description": "The same as `title`." },
            "message": { "type": "string", "description": "The same as `detail`." },
            "code": { "type": "string", "enum": codes },
            "errors": { "type": "array", "description": "Every reason at once.", "items": reason_schema() },
            "truto_is_remote_error": { "const": true, "description": "The provider refused." },
            "raw_response": { "description": "The provider's answer." },
            "remote_status": { "type": "integer", "description": "The provider's status." },
            "remote_code": text,
            "step": { "type": "string", "description": "The step at which the run failed." },
            "done": { "type": "array", "items": text, "description": "The writes that were done before." },
            "field_outcomes": { "type": "array", "items": outcome_schema() },
            "truto_error_insight": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "missing_required_query_parameters": insight(texts.clone()),
                    "missing_required_body_fields": insight(texts.clone()),
                    "rate_limit_error": insight(json!({
                        "type": "object",
                        "properties": { "retry_after": { "type": "integer", "minimum": 1 } },
                    })),
                    "forbidden_error": insight(json!({ "type": "object", "properties": { "missing_scopes": texts } })),
                    "remote_error": insight(json!({ "type": ["string", "integer"] })),
                },
            },
            "request_id": text,
        },
    })
}

fn reason_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["code", "message"],
        "properties": {
            "pointer": { "type": "string", "description": "Where in the body (RFC 6901)." },
            "parameter": { "type": "string", "description": "Which query parameter." },
            "header": { "type": "string", "description": "Which header." },
            "code": { "type": "string" },
            "message": { "type": "string" },
            "suggestion": { "type": "string", "description": "The nearest legal name." },
        },
    })
}
