//! Accounts and tokens as JSON. A secret is its name, and nothing more.

use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::store::{AccountRow, Tenant, TokenRow};

/// An account, with the names of its secrets where they are at hand.
pub fn account(row: &AccountRow, secrets: Option<&[String]>) -> Value {
    let mut shown = json!({
        "id": row.id.to_string(),
        "tenant": row.tenant.as_str(),
        "provider": row.provider,
        "label": row.label,
        "auth": row.auth,
        "state": row.state.as_str(),
        "state_reason": row.state_reason,
        "variables": row.variables,
        "overlay": row.overlay,
        "local": row.base,
        "revision": row.revision,
        "created": date(row.created),
        "updated": date(row.updated),
    });
    if let (Some(secrets), Some(members)) = (secrets, shown.as_object_mut()) {
        members.insert("secrets".to_owned(), json!(secrets));
    }
    shown
}

/// A token, without its text.
pub fn token(row: &TokenRow) -> Value {
    json!({
        "id": row.id,
        "tenant": row.tenant.as_ref().map(Tenant::as_str),
        "admin": row.tenant.is_none(),
        "name": row.name,
        "created": date(row.created),
        "last_used": row.last_used.map(date),
    })
}

/// A time as RFC 3339.
fn date(time: SystemTime) -> Option<String> {
    Timestamp::try_from(time).ok().map(|time| time.to_string())
}
