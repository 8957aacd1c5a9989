//! Credentials: one of the ways that the description names has to be there.

use serde_json::Value;

use super::OpenApi;
use crate::sent::Sent;
use crate::verdict::Verdict;

impl OpenApi {
    pub(super) fn judge_credentials(&self, described: &Value, sent: &Sent, name: &str, verdict: &mut Verdict) {
        if !sent.credentials {
            return;
        }
        let ways = described.get("security").or_else(|| self.schemas.document.get("security"));
        let Some(ways) = ways.and_then(Value::as_array).filter(|ways| !ways.is_empty()) else {
            verdict.silent("credentials");
            return;
        };
        if !ways.iter().any(|way| self.is_met(way, sent)) {
            verdict.refuse(format!("{name} › security"), "the credentials are none of those that it takes");
        }
    }

    fn is_met(&self, way: &Value, sent: &Sent) -> bool {
        let names = way.as_object().into_iter().flatten().map(|(name, _)| name);
        names.into_iter().all(|name| self.scheme(name).is_none_or(|scheme| is_shown(scheme, sent)))
    }

    fn scheme(&self, name: &str) -> Option<&Value> {
        Some(self.schemas.resolve(self.schemas.document.get("components")?.get("securitySchemes")?.get(name)?))
    }

    /// Whether a header is where a way of the description has its key.
    pub(super) fn is_credential(&self, header: &str) -> bool {
        let schemes = self.schemas.document.pointer("/components/securitySchemes").and_then(Value::as_object);
        let mut keys = schemes.into_iter().flatten().filter(|(_, scheme)| scheme["in"] == "header");
        keys.any(|(_, scheme)| scheme["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(header)))
    }
}

/// Whether a request shows the credentials of a scheme.
fn is_shown(scheme: &Value, sent: &Sent) -> bool {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    let authorization = sent.header("authorization").unwrap_or_default().to_lowercase();
    match (text("type"), text("scheme").to_lowercase().as_str()) {
        ("http", scheme) => authorization.starts_with(&format!("{scheme} ")),
        ("apiKey", _) if text("in") == "query" => sent.query().iter().any(|(name, _)| name == text("name")),
        ("apiKey", _) => sent.header(text("name")).is_some(),
        // A token of OAuth stands in the same header; how vendors begin it differs.
        _ => !authorization.is_empty() && !authorization.starts_with("basic "),
    }
}
