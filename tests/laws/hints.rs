//! What the tests know about each simulated provider besides its mapping: ids that exist, the account's names and
//! custom keys, and where the simulated record keeps what a request names. Written from the sandbox files alone.

/// What is known about one simulated provider.
#[derive(Debug)]
pub(crate) struct Hints {
    /// The provider's directory under `mappings`.
    pub(crate) provider: &'static str,
    /// The header that proves who the caller is.
    pub(crate) authorization: &'static str,
    /// Leads that can be written, in every spelling that the service takes.
    pub(crate) leads: &'static [&'static str],
    /// A lead that the provider refuses to change.
    pub(crate) locked: Option<&'static str>,
    /// An id that no lead has.
    pub(crate) missing: &'static str,
    /// Where the simulated provider keeps the records of the mapping.
    pub(crate) records: &'static [Kept],
    /// Where the changes stand in the body of a write.
    pub(crate) changes: Changes,
    /// Names that are written otherwise than they are kept.
    pub(crate) renamed: &'static [(&'static str, &'static str)],
    /// Leaves that name another record, and records that exist.
    pub(crate) linked: &'static [(&'static str, &'static [&'static str])],
    /// Leaves that hold one of the account's names: the name, and what is kept for it, as JSON.
    pub(crate) names: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    /// The account's own keys.
    pub(crate) custom: &'static [(&'static str, Custom)],
    /// Leaves that are set by a request of their own, and what that request changes.
    pub(crate) actions: &'static [(&'static str, Acted)],
}

/// Where the simulated provider keeps a record of the mapping.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The name of the record in the mapping.
    pub(crate) record: &'static str,
    /// The collection.
    pub(crate) collection: &'static str,
    /// The members from the kept record to its fields.
    pub(crate) below: &'static [&'static str],
}

/// Where the changes stand in the body of a write.
#[derive(Debug)]
pub(crate) enum Changes {
    /// They are the members of the object at this pointer.
    Members(&'static str),
    /// They are the operations of a JSON Patch with paths below this pointer.
    Operations(&'static str),
}

/// What a custom key takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Custom {
    /// Any text.
    Text,
    /// A number; as a text where the provider keeps all values so.
    Number,
    /// True or false, as a text.
    Truth,
    /// A day.
    Date,
    /// One of these.
    One(&'static [&'static str]),
    /// Some of these, joined by semicolons.
    Some(&'static [&'static str]),
}

/// What the request of an action changes.
#[derive(Debug)]
pub(crate) enum Acted {
    /// The links of this name: the new one has this kind.
    Link(&'static str, i64),
    /// The first of these members of the main record is the value; the others go with it.
    Members(&'static [&'static str]),
}

/// Microsoft Dynamics 365 Sales.
pub(crate) const DYNAMICS: Hints = Hints {
    provider: "dynamics365_sales",
    authorization: "Bearer sandbox-access-0",
    leads: &["4a1f7c3e-8d1b-4f0e-9b62-7c0f2f1f3a10"],
    locked: Some("77d0a1c2-3b4e-4f5a-9c6d-8e7f60514233"),
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
};

/// `HubSpot`.
pub(crate) const HUBSPOT: Hints = Hints {
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
};

/// Nutshell.
pub(crate) const NUTSHELL: Hints = Hints {
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
};
