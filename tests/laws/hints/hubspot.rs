//! `HubSpot`.

use serde_json::Value;

use super::{Account, Acted, Altered, Changes, Custom, Hints, Kept};

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
                ("Partner", "\"PARTNER\""),
                ("Trade Show", "\"TRADE_SHOW\""),
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
                // It stands in both pipelines: the lead's own counts.
                ("New", "\"new-stage-id\""),
                ("New", "\"171544001\""),
                ("Qualified", "\"qualified-stage-id\""),
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
    keeps: &[],
    altered: &[Altered {
        leaf: "account.id",
        is_next: true,
        source: "hubspot.md §3: the account is the first company of type 580, else the first; taking one away leaves the others",
        shows: |sent, look| {
            let left = look.state.links("companies", look.id);
            (sent.is_null()).then(|| left.first().map_or(Value::Null, |(to, _)| to.as_str().into()))
        },
    }],
    refuses_back: None,
    holds_more: &[(
        "account.id",
        "hubspot.md §3: a company that is only linked (610) reads as the account, and is sent back as the primary one (580)",
    )],
    others: &[
        ("properties/hs_lead_label", &["\"HOT\"", "\"\"", "null"]),
        ("properties/hs_lead_disqualification_reason", &["\"NO_BUDGET\"", "null"]),
        ("properties/seat_count", &["\"0\"", "\"-1.5\"", "null"]),
        ("properties/wants_demo", &["\"false\"", "null"]),
        ("properties/interests", &["\"lamps;chairs\"", "null"]),
    ],
    raw: &[],
    accounts: &[
        // Another property is the source of leads there.
        Account {
            variables: &[("lead_source_property", "\"region\"")],
            records: &[],
            names: &[("lead_source", &[("North", "\"north\""), ("south", "\"south\"")])],
            taken: &["region"],
        },
        // One pipeline, renamed and translated, with a stage of another script.
        Account {
            variables: &[],
            records: &[(
                "pipelines",
                "lead-pipeline-id",
                r#"{"id":"lead-pipeline-id","label":"Vertrieb","displayOrder":0,"archived":false,"stages":[
                      {"id":"new-stage-id","label":"Neu","displayOrder":1,"metadata":{"leadState":"NEW"},"archived":false},
                      {"id":"attempting-stage-id","label":"Erreicht?","displayOrder":0,"metadata":{"leadState":"IN_PROGRESS"},"archived":false},
                      {"id":"connected-stage-id","label":"接続済み","displayOrder":2,"metadata":{"leadState":"IN_PROGRESS"},"archived":false},
                      {"id":"qualified-stage-id","label":"Qualified","displayOrder":3,"metadata":{"leadState":"QUALIFIED"},"archived":false},
                      {"id":"unqualified-stage-id","label":"Disqualified","displayOrder":4,"metadata":{"leadState":"UNQUALIFIED"},"archived":false}]}"#,
            )],
            names: &[(
                "status",
                &[
                    ("neu", "\"new-stage-id\""),
                    ("Erreicht?", "\"attempting-stage-id\""),
                    ("qualified", "\"qualified-stage-id\""),
                    ("接続済み", "\"connected-stage-id\""),
                    ("handed over", "\"171544003\""),
                    ("New", "\"171544001\""),
                ],
            )],
            taken: &[],
        },
    ],
};
