//! The patches: for each provider one that is a single write, and one that takes several requests, as many of them writes
//! as the mapping makes of one patch.

use serde_json::{Value, json};

/// A patch of a provider.
#[derive(Clone)]
pub(crate) struct Patch {
    pub(crate) provider: &'static str,
    pub(crate) name: &'static str,
    pub(crate) body: Value,
    /// The steps that change something, in words and in order.
    pub(crate) writes: &'static [&'static str],
    /// Whether the caller names the version of the record as it was read.
    pub(crate) versioned: bool,
}

const ONE: &str = "one";
const MANY: &str = "many";

/// All of them.
pub(crate) fn all() -> Vec<Patch> {
    let lead: &[&str] = &["write lead"];
    let patch = |provider, name, writes, body| Patch { provider, name, body, writes, versioned: false };
    vec![
        patch("dynamics365_sales", ONE, lead, json!({"first_name": "Under Fire"})),
        // The record is read for its version, and the write is conditional: sent again, it meets its own trace.
        Patch {
            versioned: true,
            ..patch(
                "dynamics365_sales",
                MANY,
                lead,
                json!({
                    "first_name": "Under Fire",
                    "lead_source": "Trade Show",
                    "phone_numbers": [{"number": "+49 30 1", "extension": "12", "type": "work"}],
                }),
            )
        },
        patch("hubspot", ONE, lead, json!({"title": "Under Fire"})),
        // Another contact is linked, its name is written, then the lead, then another company is linked.
        patch(
            "hubspot",
            MANY,
            &["set contact.id", "write contact", "write lead", "set account.id"],
            json!({
                "contact": {"id": "30177"},
                "first_name": "Under Fire",
                "title": "Under Fire",
                "account": {"id": "5790939777"},
            }),
        ),
        patch("insightly", ONE, lead, json!({"first_name": "Under Fire"})),
        patch(
            "insightly",
            MANY,
            lead,
            json!({
                "first_name": "Under Fire",
                "lead_source": "Trade Show",
                "status": "Contacted",
                "custom_fields": {"Hobby__c": "Skiing"},
            }),
        ),
        patch("monday_crm", ONE, lead, json!({"title": "Under Fire"})),
        patch(
            "monday_crm",
            MANY,
            lead,
            json!({"title": "Under Fire", "status": "contacted", "custom_fields": {"text_mm2q5tw8": "X"}}),
        ),
        patch("nutshell", ONE, lead, json!({"title": "Under Fire"})),
        // Links go as differences from what was read; the status is a request of its own.
        patch(
            "nutshell",
            MANY,
            &["write lead", "set status"],
            json!({
                "title": "Under Fire",
                "account": {"id": "4-accounts"},
                "custom_fields": {"Seats": 50},
                "status": "won",
            }),
        ),
        patch("pipedrive", ONE, lead, json!({"title": "Under Fire"})),
        patch(
            "pipedrive",
            MANY,
            lead,
            json!({"title": "Under Fire", "lead_source": "Trade Show", "contact": {"id": "1094"}}),
        ),
        patch("pipeliner", ONE, lead, json!({"description": "Under Fire"})),
        // The account is a list of relations, which are records of their own.
        patch(
            "pipeliner",
            MANY,
            lead,
            json!({
                "description": "Under Fire",
                "lead_source": "Web",
                "account": {"id": "0bc376a4-c579-413a-9221-e86e4a134766"},
            }),
        ),
        patch("zendesk_sell", ONE, lead, json!({"first_name": "Under Fire"})),
        // Custom fields go whole, with those that were read.
        patch(
            "zendesk_sell",
            MANY,
            lead,
            json!({"first_name": "Under Fire", "lead_source": "Web", "custom_fields": {"lead_score": "85"}}),
        ),
        patch("zoho_crm", ONE, lead, json!({"first_name": "Under Fire"})),
        patch(
            "zoho_crm",
            MANY,
            lead,
            json!({"first_name": "Under Fire", "status": "contacted", "custom_fields": {"Seat_Count": 7}}),
        ),
    ]
}
