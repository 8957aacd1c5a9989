//! Nutshell.

use super::{Account, Acted, Altered, Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "nutshell",
    authorization: "Basic amltQGRlbW8uZXhhbXBsZTpzYW5kYm94LWFwaS1rZXk=",
    leads: &["1003-leads", "1003", "1010-leads"],
    locked: None,
    missing: "9999-leads",
    records: &[Kept { record: "lead", collection: "leads", below: &[] }],
    changes: Changes::Operations("/leads/0"),
    renamed: &[],
    linked: &[
        ("owner.id", &["1-users", "35-users", "2-teams"]),
        ("account.id", &["3-accounts", "4-accounts", "4"]),
        ("contact.id", &["7-contacts", "55-contacts", "55"]),
    ],
    one_of: &[],
    names: &[
        (
            "lead_source",
            &[
                ("Google", "[\"2-sources\"]"),
                ("Trade Show", "[\"3-sources\"]"),
                ("trade  show", "[\"3-sources\"]"),
                ("Word of Mouth", "[\"4-sources\"]"),
            ],
        ),
        ("status", &[("open", "\"open\""), ("won", "\"won\""), ("lost", "\"lost\""), ("Cancelled", "\"cancelled\"")]),
    ],
    custom: &[
        ("Region/Area", Custom::Text),
        ("Deal size", Custom::Text),
        ("Rate~class", Custom::Text),
        ("Seats", Custom::Number),
    ],
    actions: &[("status", Acted::Members(&["status", "closedTime"]))],
    keeps: &[],
    altered: &[Altered {
        leaf: "title",
        is_next: false,
        source: "nutshell.md §3: the title is the description, else the name",
        shows: |sent, look| (sent.is_null() || sent == "").then(|| look.lead["name"].clone()),
    }],
    refuses_back: None,
    holds_more: &[
        ("title", "nutshell.md §3: without a description the name is shown, and sent back as the description"),
        ("account.id", "nutshell.md §3: the account is the first of the links; a lead may have more"),
        ("contact.id", "nutshell.md §3: the contact is the first of the links; a lead may have more"),
        ("lead_source", "nutshell.md §3: the source is the first of the links; a lead may have more"),
    ],
    others: &[
        ("links/accounts", &["[\"4-accounts\",\"3-accounts\"]", "[]"]),
        ("links/contacts", &["[\"7-contacts\",\"55-contacts\"]", "[]"]),
        ("links/sources", &["[\"4-sources\",\"2-sources\",\"3-sources\"]", "[]"]),
        ("confidence", &["0", "100"]),
        ("description", &["\"\"", "null", "\"Lead-1003\""]),
    ],
    raw: &[r#"{"manualValue":"12.00"}"#],
    accounts: &[Account {
        variables: &[],
        records: &[(
            "sources",
            "2-sources",
            r#"{"id":"2-sources","type":"sources","name":"Søgning","modifiedTime":1704774720,"channel":{"value":1,"display":"Organic search"}}"#,
        )],
        names: &[("lead_source", &[("søgning", "[\"2-sources\"]"), ("Trade Show", "[\"3-sources\"]")])],
        taken: &[],
    }],
};
