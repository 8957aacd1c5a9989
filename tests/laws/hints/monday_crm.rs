//! Monday CRM.

use serde_json::{Value, json};

use super::{Account, Altered, Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "monday_crm",
    authorization: "sandbox-personal-token",
    leads: &["9876543210", "9876543211", "90071992547409931"],
    locked: None,
    missing: "9876543299",
    records: &[Kept { record: "lead", collection: "leads", below: &["columns"] }],
    changes: Changes::Text { at: "/variables/columnValues", id: "/variables/itemId" },
    renamed: &[],
    linked: &[("owner.id", &["48202303", "48202304"])],
    one_of: &[],
    names: &[(
        "status",
        &[
            ("new lead", r#"{"label":"New Lead"}"#),
            ("attempted to contact", r#"{"label":"Attempted to contact"}"#),
            ("contacted", r#"{"label":"Contacted"}"#),
            ("CONTACTED", r#"{"label":"Contacted"}"#),
            ("qualified", r#"{"label":"Qualified"}"#),
            ("unqualified", r#"{"label":"Unqualified"}"#),
        ],
    )],
    custom: &[
        ("lead_company", Custom::Text),
        ("text", Custom::Text),
        ("text_mm2q5tw8", Custom::Text),
        ("long_text_mm2q6ab1", Custom::Text),
        ("date__1", Custom::Kept(DATES, same)),
        ("date_mm2q8y7v", Custom::Kept(DATES, same)),
        ("numeric_mm2q7r4t", Custom::Kept(NUMBERS, digits)),
        ("color_mm2q8d2k", Custom::One(&["Hot", "Cold ❄"])),
        ("dropdown_mm2q8x5p", Custom::Json(&["[\"Chairs\"]", "[\"Lamps, standing\", \"Desks\"]", "\"Desks\""])),
        ("link_mm2q90aw", Custom::One(&["https://example.com/", "https://bücher.example/?q=1&r=%C3%A9#é"])),
        ("boolean_mm2q94fz", Custom::Kept(&["true", "false"], |value| json!({ "checked": value.to_string() }))),
        ("location_mm2q96hj", Custom::Kept(PLACES, same)),
        ("country_mm2q97ne", Custom::Kept(&[r#"{"countryCode":"JP","countryName":"日本"}"#], same)),
        ("multiple_person_mm2q98bd", Custom::Kept(&["\"48202303\"", "\"48202304\""], person)),
        ("connect_boards_mm2q9c1f", Custom::Json(&["[\"9876500001\"]", "[\"9876500002\", \"9876500001\"]"])),
        // Shown, and never written.
        ("button", Custom::Text),
        ("lookup_mm2q9e3s", Custom::Text),
        ("formula_mm2q9g8m", Custom::Number),
        ("pulse_log_mm2q9k2x", Custom::Date),
        ("pulse_updated_mm2q9m6c", Custom::Date),
        ("pulse_id_mm2q9p4u", Custom::Number),
        ("autonumber_mm2q9r9y", Custom::Number),
    ],
    actions: &[],
    keeps: &[
        ("email_addresses.email", |email| json!({ "email": email, "text": email })),
        ("phone_numbers.number", |number| json!({ "phone": number })),
        ("custom_fields.long_text_mm2q6ab1", |text| json!({ "text": text })),
        ("custom_fields.color_mm2q8d2k", |label| json!({ "label": label })),
        ("custom_fields.dropdown_mm2q8x5p", |labels| json!({ "labels": labels })),
        ("custom_fields.link_mm2q90aw", |url| json!({ "url": url, "text": url })),
        ("custom_fields.connect_boards_mm2q9c1f", |ids| json!({ "item_ids": ids })),
        ("owner.id", person),
    ],
    altered: &[Altered {
        leaf: "phone_numbers.number",
        is_next: false,
        source: "monday_crm.md §2: a number comes back as digits, without the plus sign",
        shows: |sent, _| sent.as_str().map(|sent| sent.chars().filter(char::is_ascii_digit).collect::<String>().into()),
    }],
    refuses_back: Some((
        is_of_another_country,
        "monday_crm.md §2: a number has to fit its country, and the account has one country for all numbers",
    )),
    holds_more: &[
        (
            "owner.id",
            "monday_crm.md §2: the owner is replaced as a whole; the column may hold further people and teams",
        ),
        ("custom_fields.lead_owner", "monday_crm.md §2: a column of people is replaced as a whole"),
        ("email_addresses.email", "monday_crm.md §2: a text of its own stands beside the address"),
        ("phone_numbers.number", "monday_crm.md §2: a number has a country, and comes back without its plus sign"),
        ("custom_fields.link_mm2q90aw", "monday_crm.md §2: a text of its own stands beside the address of a link"),
        ("custom_fields.multiple_person_mm2q98bd", "monday_crm.md §2: a column of people is replaced as a whole"),
    ],
    others: &[
        (
            "columns/lead_owner",
            &[
                r#"{"personsAndTeams":[{"id":51166,"kind":"team"}]}"#,
                r#"{"personsAndTeams":[{"id":51166,"kind":"team"},{"id":48202304,"kind":"person"},{"id":48202303,"kind":"person"}]}"#,
                "null",
            ],
        ),
        ("columns/lead_email", &[r#"{"email":"x@y.example","text":"Work"}"#, r#"{"email":"","text":""}"#]),
        ("columns/lead_status", &[r#"{"index":0}"#, r#"{"label":"Qualified"}"#, "null"]),
        ("columns/dropdown_mm2q8x5p", &[r#"{"ids":[2]}"#, r#"{"ids":[3,1]}"#]),
        ("columns/text", &["\"\"", "\"  blanks \""]),
        ("columns/date__1", &[r#"{"date":"2026-12-01","time":"09:00:00"}"#, "null"]),
    ],
    raw: &[],
    accounts: &[
        Account { variables: &[("country", "\"DE\"")], records: &[], names: &[], taken: &[] },
        // Other columns are the status and the owner.
        Account {
            variables: &[("status_column", "\"color_mm2q8d2k\""), ("owner_column", "\"multiple_person_mm2q98bd\"")],
            records: &[],
            names: &[("status", &[("hot", r#"{"label":"Hot"}"#), ("cold ❄", r#"{"label":"Cold ❄"}"#)])],
            taken: &["color_mm2q8d2k", "multiple_person_mm2q98bd"],
        },
    ],
};

const DATES: &[&str] =
    &[r#"{"date":"2024-02-29"}"#, r#"{"date":"1969-12-31","time":"00:00:00"}"#, r#"{"date":"2023-13-01"}"#];

const NUMBERS: &[&str] = &["0", "-1.5", "12", "1000000", "9007199254740991", "0.1"];

const PLACES: &[&str] =
    &[r#"{"lat":"0","lng":"-0.1277","address":""}"#, r#"{"lat":"35.68","lng":"139.76","address":"東京都"}"#];

fn same(value: &Value) -> Value {
    value.clone()
}

/// Numbers are written as text.
fn digits(value: &Value) -> Value {
    match value {
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

fn person(value: &Value) -> Value {
    let id: i64 = value.as_str().and_then(|id| id.parse().ok()).expect("an id");
    json!({ "personsAndTeams": [{ "id": id, "kind": "person" }] })
}

/// A number has to fit its country (`monday_crm.md` §2), and the account has one for all, here the United States: a number
/// that came with another one cannot be sent back.
fn is_of_another_country(read: &Value) -> bool {
    let number = read.pointer("/phone_numbers/0/number").and_then(Value::as_str);
    number.is_some_and(|number| number.len() > 10 && !number.starts_with('1'))
}
