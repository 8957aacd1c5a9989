//! Insightly.

use super::{Account, Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "insightly",
    authorization: "Basic YWFhYWFhYWEtYmJiYi00Y2NjLThkZGQtZWVlZWVlZWVlZWVlOg==",
    leads: &["78572651", "78572690", "78572700", "78572710", "9007199254740993"],
    locked: None,
    missing: "78572652",
    records: &[Kept { record: "lead", collection: "leads", below: &[] }],
    changes: Changes::Beside("LEAD_ID"),
    renamed: &[],
    linked: &[("owner.id", &["2240727", "2240728", "9007199254740995"])],
    names: &[
        (
            "lead_source",
            &[
                ("Web", "830626"),
                ("phone enquiry", "830627"),
                ("Other", "830630"),
                // The second row of the list, and the first by its place.
                ("Partner Application", "841088"),
                ("Cold Call", "830631"),
                ("Messe München", "830632"),
                ("Trade Show", "3794750"),
                // On the first page of the list, and on the second.
                ("Campaign 4000001", "4000001"),
                ("Campaign 4000500", "4000500"),
            ],
        ),
        (
            "status",
            &[
                ("NotContacted", "823514"),
                ("attemptedcontact", "823515"),
                ("Contacted", "823516"),
                ("Disqualified", "823517"),
                ("Nurturing", "3724795"),
                ("Converted", "3724799"),
            ],
        ),
    ],
    custom: &[
        ("Hobby__c", Custom::Text),
        ("Background__c", Custom::Text),
        ("Region__c", Custom::One(&["North", "South"])),
        ("Interests__c", Custom::Some(&["Music", "Sports", "Travel"])),
        ("Vip__c", Custom::Truth),
        ("Seats__c", Custom::Number),
        ("Discount__c", Custom::Number),
        ("Renewal__c", Custom::Date),
        ("Next_Call__c", Custom::Utc),
        ("Ticket__c", Custom::Text),
    ],
    one_of: &[],
    actions: &[],
    keeps: &[],
    altered: &[],
    refuses_back: None,
    holds_more: &[],
    others: &[
        ("SALUTATION", &["\"Dr.\"", "null"]),
        ("ORGANISATION_NAME", &["\"Łódź & Söhne\"", "null"]),
        ("EMAIL_OPTED_OUT", &["true", "false"]),
        ("LEAD_RATING", &["1", "5", "null"]),
        ("TAGS", &["[]", "[{\"TAG_NAME\":\"fair\"}]"]),
        ("RESPONSIBLE_USER_ID", &["2240728", "null"]),
        ("EMPLOYEE_COUNT", &["0", "null", "7"]),
        ("EMAIL", &["\"\"", "\"a@b.example\""]),
        ("ADDRESS_STREET", &["\"\\nsecond\"", "\"one\\ntwo\\nthree\"", "\"one\\r\\ntwo\"", "\"\""]),
        ("PHONE", &["\" x7\"", "\"1 x2 x3\"", "\"\""]),
    ],
    raw: &[],
    accounts: &[Account {
        variables: &[("pod", "\"eu-west-2\"")],
        records: &[
            (
                "lead_sources",
                "830626",
                r#"{"LEAD_SOURCE_ID":830626,"LEAD_SOURCE":"Сайт","DEFAULT_VALUE":false,"FIELD_ORDER":3}"#,
            ),
            (
                "lead_statuses",
                "823515",
                r#"{"LEAD_STATUS_ID":823515,"LEAD_STATUS":"Em contato","DEFAULT_STATUS":false,"STATUS_TYPE":1,"FIELD_ORDER":2}"#,
            ),
        ],
        names: &[
            ("lead_source", &[("сайт", "830626"), ("Cold Call", "830631")]),
            ("status", &[("em  contato", "823515"), ("Contacted", "823516")]),
        ],
        taken: &[],
    }],
};
