//! Microsoft Dynamics 365 Sales.

use super::{Account, Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "dynamics365_sales",
    authorization: "Bearer sandbox-access-0",
    leads: &["4a1f7c3e-8d1b-4f0e-9b62-7c0f2f1f3a10"],
    locked: Some((
        "77d0a1c2-3b4e-4f5a-9c6d-8e7f60514233",
        "dynamics365_sales.md §2: qualified and disqualified leads are read-only until reactivated",
    )),
    missing: "77d0a1c2-0000-4000-8000-000000000000",
    records: &[Kept { record: "lead", collection: "leads", below: &[] }],
    changes: Changes::Members(""),
    renamed: &[
        ("ownerid@odata.bind", "_ownerid_value"),
        ("parentaccountid@odata.bind", "_parentaccountid_value"),
        ("parentcontactid@odata.bind", "_parentcontactid_value"),
    ],
    linked: &[
        ("owner.id", &["3f2504e0-4f89-41d3-9a0c-0305e82c3301", "5e0f8a34-2c6d-4b1a-8f57-6d2f9c3e4b02"]),
        ("account.id", &["9c8b7a65-1111-4222-8333-444455556666", "0d4c3b2a-7777-4888-8999-aaaabbbbcccc"]),
        ("contact.id", &["b1e2c3d4-5555-4666-8777-888899990000"]),
    ],
    one_of: &[],
    names: &[(
        "lead_source",
        &[
            ("Advertisement", "1"),
            ("Employee Referral", "2"),
            ("External Referral", "3"),
            ("Partner", "4"),
            ("Public Relations", "5"),
            ("Seminar", "6"),
            ("Trade Show", "7"),
            ("Web", "8"),
            ("Word of Mouth", "9"),
            ("Other", "10"),
        ],
    )],
    custom: &[("new_region", Custom::Text), ("new_score", Custom::Number)],
    actions: &[],
    keeps: &[],
    altered: &[],
    refuses_back: Some((
        |read| read["owner"]["id"] == "6a7b8c9d-0e1f-4a2b-8c3d-4e5f60718293",
        "dynamics365_sales.md §3: a team as owner needs another address than a user, and the id does not tell which it is",
    )),
    holds_more: &[],
    others: &[
        ("subject", &["\"A topic\"", "null"]),
        ("companyname", &["\"Łódź & Söhne\"", "null"]),
        ("emailaddress3", &["\"third@example.com\"", "null"]),
        ("address1_line3", &["\"Floor 3\"", "null"]),
        ("industrycode", &["7", "null"]),
        ("leadqualitycode", &["1", "3", "null"]),
        ("new_score", &["0", "100", "null"]),
        ("new_vip", &["true", "false", "null"]),
        ("telephone1", &["\"+1 555 x\"", "\" x7\"", "\"1 x2 x3\"", "\"5 x7\""]),
        // An account may add options (section 3): no row of the mapping stands for them.
        ("leadsourcecode", &["100000001", "8", "null"]),
        ("_ownerid_value", &["\"6a7b8c9d-0e1f-4a2b-8c3d-4e5f60718293\"", "\"5e0f8a34-2c6d-4b1a-8f57-6d2f9c3e4b02\""]),
    ],
    raw: &[
        r#"{"ownerid@odata.bind":"/teams(6a7b8c9d-0e1f-4a2b-8c3d-4e5f60718293)"}"#,
        r#"{"statecode":2}"#,
        r#"{"leadqualitycode":1}"#,
        r#"{"leadqualitycode":3}"#,
    ],
    accounts: &[Account {
        variables: &[("environment_host", "\"https://fabrikam.crm.dynamics.com/main.aspx\"")],
        records: &[],
        names: &[],
        taken: &[],
    }],
};
