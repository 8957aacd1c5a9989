//! Zendesk Sell.

use super::{Account, Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "zendesk_sell",
    authorization: "Bearer sandbox-access-0",
    leads: &["3194720", "3194725", "3194730", "9007199254740993"],
    locked: None,
    missing: "3194721",
    records: &[Kept { record: "lead", collection: "leads", below: &[] }],
    changes: Changes::Members("/data"),
    renamed: &[],
    linked: &[("owner.id", &["1290481", "1290482", "9007199254740995"])],
    names: &[
        (
            "lead_source",
            &[
                ("Advertisement", "2940171"),
                ("Partner", "2940172"),
                ("Web", "2940175"),
                ("trade  show", "2940173"),
                ("Research & Development", "2940174"),
                // On the first page of the list, and on the second.
                ("Campaign 2940201", "2940201"),
                ("Campaign 2940310", "2940310"),
                ("Word of Mouth", "2940900"),
                ("Messe München 🦊", "9007199254740997"),
            ],
        ),
        (
            "status",
            &[
                ("new", "\"New\""),
                ("Working", "\"Working\""),
                ("UNQUALIFIED", "\"Unqualified\""),
                // The account's own.
                ("Nurturing", "\"Nurturing\""),
            ],
        ),
    ],
    custom: &[
        ("lead_score", Custom::Text),
        ("Deal size/€", Custom::Text),
        ("seats", Custom::Number),
        ("wants_demo", Custom::Truth),
        ("demo_date", Custom::Date),
        ("last_call", Custom::Moment),
        ("region", Custom::One(&["North", "South"])),
        ("interests", Custom::List(&["chairs", "desks", "lamps"])),
    ],
    one_of: &[],
    actions: &[],
    keeps: &[],
    altered: &[],
    refuses_back: None,
    holds_more: &[],
    others: &[
        ("tags", &["[]", "[\"b\",\"a\"]"]),
        ("twitter", &["\"someone\"", "null"]),
        (
            "address",
            &[
                "null",
                "{\"line1\":\"1 High St, Floor 2, Room 3\",\"city\":null,\"postal_code\":null,\"state\":null,\"country\":null}",
                "{\"line1\":\", second\",\"city\":\"\"}",
            ],
        ),
        ("unqualified_reason_id", &["410", "null"]),
        ("description", &["\"\"", "null"]),
        ("email", &["\"\"", "\"z@example.com\""]),
        ("custom_fields/interests", &["[\"lamps\",\"chairs\"]", "[]"]),
        ("custom_fields/seats", &["0", "null"]),
    ],
    raw: &[],
    accounts: &[Account {
        variables: &[],
        records: &[(
            "lead_sources",
            "2940175",
            r#"{"id":2940175,"name":"Réseau","creator_id":1290481,"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"}"#,
        )],
        names: &[("lead_source", &[("réseau", "2940175"), ("trade  show", "2940173")])],
        taken: &[],
    }],
};
