//! Zoho CRM.

use super::{Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "zoho_crm",
    authorization: "Zoho-oauthtoken 1000.sandbox-access-0",
    leads: &["6493490000001504003", "6493490000001504004", "6493490000001504005", "9223372036854775807"],
    locked: None,
    missing: "6493490000009999999",
    records: &[Kept { record: "lead", collection: "leads", below: &[] }],
    changes: Changes::Members("/data/0"),
    renamed: &[],
    linked: &[("owner.id", &["6493490000000486001", "6493490000000486002"])],
    one_of: &[],
    names: &[
        (
            "lead_source",
            &[
                ("Advertisement", "\"Advertisement\""),
                ("Employee Referral", "\"Employee Referral\""),
                ("External Referral", "\"External Referral\""),
                ("Partner", "\"Partner\""),
                ("Public Relations", "\"Public Relations\""),
                ("Seminar", "\"Seminar Partner\""),
                ("Trade Show", "\"Trade Show\""),
                ("Web", "\"Web Research\""),
                ("Chat", "\"Chat\""),
                ("Cold Call", "\"Cold Call\""),
                ("Facebook", "\"Facebook\""),
                ("Internal Seminar", "\"Internal Seminar\""),
                ("Online Store", "\"Online Store\""),
                ("Sales Email Alias", "\"Sales Email Alias\""),
                ("Web Download", "\"Web Download\""),
                ("X (Twitter)", "\"X (Twitter)\""),
            ],
        ),
        (
            "status",
            &[
                ("attempted to contact", "\"Attempted to Contact\""),
                ("contacted", "\"Contacted\""),
                ("CONTACTED", "\"Contacted\""),
                ("unqualified", "\"Not Qualified\""),
                ("contact in future", "\"Contact in Future\""),
                ("junk lead", "\"Junk Lead\""),
                ("lost lead", "\"Lost Lead\""),
                ("not contacted", "\"Not Contacted\""),
                ("pre-qualified", "\"Pre-Qualified\""),
            ],
        ),
    ],
    custom: &[
        ("Campaign_Code", Custom::Text),
        ("Reference_No", Custom::Text),
        ("Site_Notes", Custom::Text),
        ("Seat_Count", Custom::Json(&["0", "12", "-2147483648", "2147483647"])),
        ("Legacy_Number", Custom::One(&["0", "1", "900719925474099312", "999999999999999999"])),
        ("Discount", Custom::Number),
        ("Budget", Custom::Number),
        ("Wants_Demo", Custom::Json(&["true", "false"])),
        ("Demo_Date", Custom::Date),
        (
            "Call_At",
            Custom::Instant(&["2025-02-01T06:30:00Z", "2024-02-29T23:59:59+05:30", "1969-12-31T23:59:59-11:00"]),
        ),
        ("Region", Custom::One(&["North", "South"])),
        ("Interests", Custom::Json(&["[\"Chairs\"]", "[\"Lamps; all kinds\", \"Chairs\"]"])),
        ("Partner", Custom::One(&["6493490000000700001", "6493490000000700002"])),
    ],
    actions: &[],
};
