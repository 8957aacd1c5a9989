//! `HubSpot`.

use super::{Acted, Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "hubspot",
    authorization: "Bearer sandbox-private-app-token",
    leads: &["563417219", "563417220"],
    locked: None,
    missing: "1234567890123456789",
    records: &[
        Kept { record: "lead", collection: "leads", below: &["properties"] },
        Kept { record: "contact", collection: "contacts", below: &["properties"] },
    ],
    changes: Changes::Members("/properties"),
    renamed: &[],
    linked: &[
        ("owner.id", &["41629779", "71203344"]),
        ("account.id", &["5790939450", "5790939777"]),
        ("contact.id", &["29851", "30177"]),
    ],
    one_of: &[],
    names: &[
        (
            "lead_source",
            &[
                ("Advertisement", "\"ADVERTISEMENT\""),
                ("Employee Referral", "\"EMPLOYEE_REFERRAL\""),
                ("employee-referral", "\"EMPLOYEE_REFERRAL\""),
                ("Web", "\"WEB\""),
                ("Other", "\"OTHER\""),
            ],
        ),
        (
            "lead_type",
            &[
                ("New business", "\"NEW_BUSINESS\""),
                ("NEW_BUSINESS", "\"NEW_BUSINESS\""),
                ("Re-attempting", "\"RE_ATTEMPTING\""),
                ("Upsell", "\"UPSELL\""),
            ],
        ),
        (
            "status",
            &[
                ("Attempting", "\"attempting-stage-id\""),
                ("connected", "\"connected-stage-id\""),
                ("Introduced", "\"171544002\""),
                ("Handed over", "\"171544003\""),
            ],
        ),
    ],
    custom: &[
        ("campaign_code", Custom::Text),
        ("seat_count", Custom::Number),
        ("wants_demo", Custom::Truth),
        ("demo_date", Custom::Date),
        ("region", Custom::One(&["north", "south"])),
        ("interests", Custom::Some(&["chairs", "desks", "lamps"])),
    ],
    actions: &[("contact.id", Acted::Link("contacts", 578)), ("account.id", Acted::Link("companies", 580))],
    altered: &[],
    refuses_back: |_| false,
};
