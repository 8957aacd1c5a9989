//! Pipeliner.

use super::{Altered, Changes, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "pipeliner",
    authorization: "Basic dXNfTlYzX1BJUEVMSU5FUkRFVl9TQU5EQk9YOnNhbmRib3gtcDrDpHNzd29yZA==",
    leads: &[
        "0190978c-d6d1-de35-3f6d-7cf0a0e264db",
        "0190978c-d6d1-de35-3f6d-7cf0a0e264dc",
        "ffffffff-ffff-4fff-bfff-ffffffffffff",
    ],
    locked: None,
    missing: "0190978c-0000-4000-8000-7cf0a0e264db",
    records: &[Kept { record: "lead", collection: "leads", below: &[] }],
    changes: Changes::Members(""),
    renamed: &[],
    linked: &[
        ("owner.id", &["00000000-0000-0000-0000-000000008e97", "00000000-0000-0000-0000-00000000a1b2"]),
        ("account.id", &["0bc376a4-c579-413a-9221-e86e4a134766", "0bc376a4-c579-413a-9221-e86e4a134777"]),
        ("contact.id", &["0a31d4fd-1289-4326-ad1a-7dfa40c3ab48", "0a31d4fd-1289-4326-ad1a-7dfa40c3ab59"]),
    ],
    one_of: &[],
    names: &[(
        "lead_source",
        &[
            ("Web", "\"04444b3a-c669-03bc-2c49-bcd7f047d41a\""),
            ("Trade Show", "\"04444b3a-c669-03bc-2c49-bcd7f047d41b\""),
            ("trade  show", "\"04444b3a-c669-03bc-2c49-bcd7f047d41b\""),
            ("Empfehlung (Ñandú) 🦤", "\"04444b3a-c669-03bc-2c49-bcd7f047d41c\""),
        ],
    )],
    custom: &[],
    actions: &[],
    keeps: &[],
    altered: &[Altered {
        leaf: "created_at",
        is_next: false,
        source: "pipeliner.md §3: times are kept to the microsecond",
        shows: |sent, _| Some(to_the_microsecond(sent.as_str()?).into()),
    }],
    refuses_back: None,
    holds_more: &[
        ("account.id", "pipeliner.md §2: the list of relations is written whole; a lead may have further accounts"),
        ("contact.id", "pipeliner.md §2: the list of relations is written whole; a lead may have further contacts"),
    ],
    others: &[
        ("ranking", &["0", "-5", "null"]),
        ("label_flag", &["1", "4", "null"]),
        ("is_archived", &["true", "false"]),
        ("quick_account_name", &["\"Łódź\"", "\"\"", "null"]),
        ("reason_of_close_id", &["\"04444b3a-c669-03bc-2c49-bcd7f047d51b\"", "null"]),
        ("cf_seats", &["0", "2147483647", "null"]),
        ("cf_wants_demo", &["false", "true", "null"]),
        ("cf_campaign", &["\"\"", "\"SPRING\""]),
        ("quick_email", &["\"\"", "\"q@example.com\""]),
    ],
    raw: &[
        r#"{"reason_of_close_id":"04444b3a-c669-03bc-2c49-bcd7f047d51b"}"#,
        r#"{"lead_type_id":"0c0c0c0c-0000-4000-8000-000000000002"}"#,
        r#"{"step_id":"0d0d0d0d-0000-4000-8000-000000000002"}"#,
        r#"{"unit_id":"0b0b0b0b-0000-4000-8000-000000000002"}"#,
    ],
    accounts: &[],
};

/// An instant without what is smaller than a microsecond.
fn to_the_microsecond(instant: &str) -> String {
    let Some(dot) = instant.find('.') else { return instant.to_owned() };
    let fraction = instant[dot + 1..].bytes().take_while(u8::is_ascii_digit).count();
    format!("{}{}", &instant[..dot + 1 + fraction.min(6)], &instant[dot + 1 + fraction..])
}
