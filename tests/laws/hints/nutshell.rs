//! Nutshell.

use super::{Acted, Changes, Custom, Hints, Kept};

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
    altered: &[],
    refuses_back: |_| false,
};
